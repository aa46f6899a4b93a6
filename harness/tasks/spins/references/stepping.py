"""ρ(t_n) = Uⁿ ρ0 U†ⁿ on the full space: common code of the dense and the simple methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.hilbert import raising, z_diagonal


def sandwich(rho: np.ndarray, step: np.ndarray, points: int) -> Iterator[np.ndarray]:
    """ρ, UρU†, U²ρU†², …: ``points`` operators, two matrix products each."""
    adjoint = step.conj().T
    yield rho
    for _ in range(points - 1):
        rho = step @ rho @ adjoint
        yield rho


def observe(
    system: SpinSystem, grid: TimeGrid, wanted: Sequence[str], step: np.ndarray, powers: bool = False
) -> dict[str, np.ndarray]:
    """Observables from U of one step; with ``powers`` Uⁿ is accumulated and applied to ρ0 instead of stepping ρ.

    Both are the same in exact arithmetic; they differ in how the errors of an approximate U add up.
    """
    observed = system.observed_spins
    n = len(system)
    found: dict[str, np.ndarray] = {}
    evolve = accumulate if powers else sandwich
    if "m" in wanted or "spin_signals" in wanted:
        start = np.asarray(raising(system, observed).toarray().T, dtype=complex)
        # Σ I_kx = (F + F†)/2, and only the part F† has overlap with F; it carries half of Tr(F ρ0) = n 2^(N-2).
        entries = [raising(system, (k,)).tocoo() for k in observed]
        signals = np.empty((len(observed), grid.points), complex)
        for t, rho in enumerate(evolve(start, step, grid.points)):
            for row, entry in enumerate(entries):
                signals[row, t] = rho[entry.col, entry.row].sum()
        found["spin_signals"] = signals / 2.0 ** (n - 1)
        found["m"] = found["spin_signals"].mean(axis=0)
    if "i1z" in wanted or "spin_polarisations" in wanted:
        z = np.stack([z_diagonal(system, k) for k in range(n)])
        start = np.diag(z[system.tagged_spin]).astype(complex)
        values = np.empty((n, grid.points))
        for t, rho in enumerate(evolve(start, step, grid.points)):
            values[:, t] = z @ np.real(np.diag(rho))
        found["spin_polarisations"] = values / 2.0 ** (n - 2)
        found["i1z"] = found["spin_polarisations"][system.tagged_spin]
    return found


def accumulate(rho: np.ndarray, step: np.ndarray, points: int) -> Iterator[np.ndarray]:
    """U_n = U U_{n-1} and ρ_n = U_n ρ0 U_n†: ``points`` operators, three matrix products each."""
    propagator = np.eye(len(step), dtype=complex)
    for t in range(points):
        if t:
            propagator = step @ propagator
        yield propagator @ rho @ propagator.conj().T
