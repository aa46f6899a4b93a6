"""Uncoupled parts of a system evolve alone: solve each connected component of the coupling graph by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

Solved = Mapping[str, np.ndarray]
"""Observables by name: "m" (T,) complex, "i1z" (T,), "spin_signals" (n, T) complex, "spin_polarisations" (N, T)."""


def parts(system: SpinSystem) -> list[SpinSystem]:
    """The connected components as systems; the system itself if it is connected."""
    components = system.components()
    return [system] if len(components) == 1 else [system.subsystem(spins) for spins in components]


def by_components(
    system: SpinSystem,
    grid: TimeGrid,
    wanted: tuple[str, ...],
    solve: Callable[[SpinSystem, tuple[str, ...]], Solved],
    provenance: Callable[[], Provenance],
) -> Trajectory:
    """Put the trajectory of ``system`` together from those of its components.

    M is the mean over observed spins, so a component counts by how many it has; i1z and the polarisations are those of
    the tagged spin's component, and no polarisation is transferred out of it. ``solve(part, names)`` computes what a
    component contributes; ``provenance`` is called afterwards.
    """
    components = system.components()
    solved = solve(system, wanted) if len(components) == 1 else _put_together(system, components, grid, wanted, solve)
    found = {name: solved[name] for name in wanted}
    return Trajectory.of(
        grid,
        provenance(),
        found.get("m"),
        found.get("i1z"),
        found.get("spin_signals"),
        found.get("spin_polarisations"),
    )


def _put_together(
    system: SpinSystem,
    components: list[tuple[int, ...]],
    grid: TimeGrid,
    wanted: tuple[str, ...],
    solve: Callable[[SpinSystem, tuple[str, ...]], Solved],
) -> Solved:
    observed = system.observed_spins
    transverse = tuple(name for name in wanted if name in ("m", "spin_signals"))
    longitudinal = tuple(name for name in wanted if name in ("i1z", "spin_polarisations"))
    m = np.zeros(grid.points, complex)
    i1z = np.zeros(grid.points)
    signals = np.zeros((len(observed), grid.points), complex)
    polarisations = np.zeros((len(system), grid.points))
    for spins in components:
        rows = [row for row, k in enumerate(observed) if k in spins]
        tagged = system.tagged_spin in spins
        names = (transverse if rows else ()) + (longitudinal if tagged else ())
        if not names:
            continue
        solved = solve(system.subsystem(spins), names)
        if "m" in names:
            m += solved["m"] * (len(rows) / len(observed))
        if "spin_signals" in names:
            signals[rows] = solved["spin_signals"]
        if "i1z" in names:
            i1z = solved["i1z"]
        if "spin_polarisations" in names:
            polarisations[list(spins)] = solved["spin_polarisations"]
    return {"m": m, "i1z": i1z, "spin_signals": signals, "spin_polarisations": polarisations}
