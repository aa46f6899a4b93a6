"""Conservation over 1000 steps: density operators of the methods, laws of the subject's observables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from harness.suites.asking import Truths
from harness.suites.baseline import Control
from harness.suites.conservation import MethodRow, Plan, States, run
from harness.task import Tier
from harness.tasks.spins.suites.believed import rich_truths
from harness.tasks.spins.suites.conservation.densities import QUANTITIES, deviations
from harness.tasks.spins.suites.conservation.laws import LAWS, SYMBOLS
from harness.tasks.spins.suites.populations import chains, topologies
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, SpinSystem, TimeGrid

SEED = 30
METHODS = ("exact", "dense", "krylov", "chebyshev")
INTEGRATORS = {"RK4 on the propagator": "rk4", "Euler on the propagator": "euler"}
"""The controls: integrators that do not conserve these quantities."""
TITLES = {
    "trace": "|Tr ρ − 1|",
    "energy": r"$|\Delta\langle H\rangle| \; / \; \sqrt{\mathrm{Tr}\,H^2 \; \mathrm{Tr}\,I_{1z}^2}$",
    "purity": "|Δ Tr ρ²| / Tr ρ²",
    "hermiticity": "‖ρ − ρ†‖ / ‖ρ‖",
}
MORE = {"spin_signals": "signals of single spins", "spin_polarisations": "polarisations of single spins"}

Densities = Callable[[SpinSystem, TimeGrid], Iterable[np.ndarray]]


def density_rows(spins: int, grid: TimeGrid = LONG_GRID, seed: int = SEED) -> tuple[list[MethodRow], dict[str, str]]:
    """Every method that has a density operator, and the two controls; second: the reasons for those that have none."""
    from harness.tasks.spins.references import reference

    system = chains(spins).draw(1, seed)[0]
    sources: dict[str, Densities] = {}
    absent: dict[str, str] = {}
    for name in METHODS:
        method = getattr(reference(name), "density_operators", None)
        if method is None:
            absent[name] = f"method {name!r} follows observables, not the density operator"
        else:
            sources[name] = method
    for name, integrator in INTEGRATORS.items():
        sources[name] = reference("rk4", integrator=integrator).density_operators  # type: ignore[attr-defined]
    with np.errstate(over="ignore", invalid="ignore"):  # the control Euler grows without bound, as intended
        rows = [_row(name, system, grid, source) for name, source in sources.items()]
    return rows, absent


def _row(name: str, system: SpinSystem, grid: TimeGrid, source: Densities) -> MethodRow:
    control = name in INTEGRATORS
    target = "density_exact" if control or name in ("exact", "dense") else "density_iterative"
    # ρ = U ρ0 U† is hermitian for any U: no control can miss the target of hermiticity.
    unmissable = frozenset({"hermiticity"})
    found = deviations(system, grid, source(system, grid))
    return MethodRow(name, f"chain-{len(system)}", grid, found, target, control, unmissable)


def states_of(spins: int) -> States:
    """The density operators of a chain of this size."""
    of_each = len(QUANTITIES)
    count = (("density_exact", 2 * of_each, len(INTEGRATORS) * (of_each - 1)), ("density_iterative", 2 * of_each, 0))
    limits = {"target, exact methods": "density_exact", "target, iterative": "density_iterative"}
    return States("density operators", TITLES, partial(density_rows, spins), limits, count)


def plan_of(density_spins: int, spins: int, cases: int, grid: TimeGrid = LONG_GRID, **more: Any) -> Plan:
    """The plan with these numbers of spins of the density operators and of the systems of the laws, and this number of
    cases over all four topologies."""
    grids = tuple(dict.fromkeys((grid, STANDARD_GRID)))  # a subject may be trained for 30 ms only
    return Plan(
        tuple(topologies(spins)), max(1, cases // 4), grids, LAWS, rich_truths, states_of(density_spins), MORE,
        SYMBOLS,
        files=("exp3_conservation", "figure3_conservation", "figure3b_invariants"), **{"seed": SEED, **more},
    )  # fmt: skip


def controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """An exact subject with noise of 1e-2 on every output violates the symmetries and the sum rules."""
    from harness.tasks.spins.suites.faults.correct import faulty

    broken = ("start", "curvature", "reversal", "frame", "relabelling")
    return (Control("noise", broken, lambda: run(faulty("noise", truths, 1e-2), QUICK).claims),)


QUICK = plan_of(3, 4, 4, STANDARD_GRID, seed=82)
"""A few cases of small systems, which are enough to detect a fault."""
PLANS: Mapping[Tier, Plan] = {
    "smoke": plan_of(4, 6, 4, controls=controls),
    "nightly": plan_of(5, 6, 25, controls=controls),
    "full": plan_of(6, 8, 50, controls=controls),
}
