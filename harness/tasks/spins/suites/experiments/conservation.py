"""Experiment 3: conserved quantities over 1000 steps, and what a surrogate's outputs say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.suites.asking import Answers, Claim, Tier, Truths, ask_fully, measured
from harness.tasks.spins.suites.declared import undetermined
from harness.tasks.spins.suites.measure.conservation import QUANTITIES, ConservationRow, deviations
from harness.tasks.spins.suites.measure.draws import chains, topologies
from harness.tasks.spins.suites.measure.symmetries import SymmetryRow, symmetry_rows, worst_rows
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, SpinSystem, TimeGrid, Trajectory

CONTROLS = ("RK4 on the propagator", "Euler on the propagator")
METHODS = ("exact", "dense", "krylov", "chebyshev")
INVARIANT_TARGETS = {
    "|M| ≤ 1": "bound",
    "|I_1z| ≤ 1": "bound",
    "M(0) = 1": "start",
    "I_1z(0) = 1": "start",
    "M'(0) = i<Ω>": "slope",
    "M''(0) = -<Ω²>": "curvature",
    "mean of spin signals = M": "sum_of_signals",
    "Σ<I_kz>": "total_polarisation",
    "<H>": "energy",
    "time reversal": "reversal",
    "sign of all J": "sign",
    "frame shift": "frame",
    "relabelling": "relabelling",
}

Densities = Callable[[SpinSystem, TimeGrid], Iterable[np.ndarray]]


@dataclass(frozen=True)
class Plan:
    """Spins of the density operators, cases and size for the invariants, and the seed.

    ``also``: grids on which the invariants are asked besides: what a subject learned may reach 30 ms only.
    """

    density_spins: int
    spins: int
    cases: int
    grid: TimeGrid = LONG_GRID
    seed: int = 30
    also: tuple[TimeGrid, ...] = (STANDARD_GRID,)


PLANS: Mapping[Tier, Plan] = {"smoke": Plan(4, 6, 4), "nightly": Plan(5, 6, 25), "full": Plan(6, 8, 50)}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Invariants of the subject on every grid that it takes, claims for the verdicts."""

    invariants: dict[TimeGrid, list[SymmetryRow]]
    claims: list[Claim]

    def worst(self) -> dict[str, dict[str, SymmetryRow]]:
        """Worst case per invariant, by the horizon in words."""
        return {f"{grid.horizon_s * 1e3:.0f} ms": worst_rows(rows) for grid, rows in self.invariants.items()}


def density_rows(plan: Plan) -> tuple[list[ConservationRow], dict[str, str]]:
    """Every method that has a density operator, and the two controls; second: reasons of those that have none."""
    from harness.tasks.spins.references import reference

    system = chains(plan.density_spins).draw(1, plan.seed)[0]
    sources: dict[str, Densities] = {}
    absent: dict[str, str] = {}
    for name in METHODS:
        method = getattr(reference(name), "density_operators", None)
        if method is None:
            absent[name] = f"method {name!r} follows observables, not the density operator"
        else:
            sources[name] = method
    for name, integrator in zip(CONTROLS, ("rk4", "euler"), strict=True):
        sources[name] = reference("rk4", integrator=integrator).density_operators  # type: ignore[attr-defined]
    with np.errstate(over="ignore", invalid="ignore"):  # Euler grows without bound: that is what it is here for
        rows = [deviations(name, system, plan.grid, source(system, plan.grid)) for name, source in sources.items()]
    return rows, absent


def run(subject: Any, plan: Plan, truths: Truths | None = None) -> Outcome:
    """Invariants of the subject's outputs on chains and other graphs of ``plan.spins`` spins, on every grid it takes.

    With ``truths`` (of all observables) the errors of single spins are recorded beside: sums can be right by symmetry.
    """
    systems = [s for regime in topologies(plan.spins) for s in regime.draw(max(1, plan.cases // 4), plan.seed)]
    found, refusals = Outcome({}, []), []
    for grid in dict.fromkeys((plan.grid, *plan.also)):
        answers = ask_fully(subject, systems, grid)
        if answers.refusal:
            refusals.append(answers.refusal)
            continue
        rows, claims = _on_grid(subject, plan, systems, grid, answers, truths)
        found.invariants[grid] = rows
        found.claims.extend(claims)
    if not found.invariants:
        why = f"not supported: {refusals[0]}"
        found.claims.append(Claim(measured("invariants", f"N = {plan.spins}", subject, None, absent=why)))
    return found


def _on_grid(
    subject: Any, plan: Plan, systems: list[SpinSystem], grid: TimeGrid, first: Answers, truths: Truths | None
) -> tuple[list[SymmetryRow], list[Claim]]:
    problems = [first.problem] if first.problem else []

    def predict(asked: list[SpinSystem], on: TimeGrid) -> list[Trajectory]:
        answers = ask_fully(subject, asked, on)
        if answers.problem or answers.refusal:
            problems.append(answers.problem or answers.refusal)
        return [one if one is not None else _nothing(on) for one in answers.trajectories]

    rows = symmetry_rows(predict, systems, grid, np.random.default_rng(plan.seed))  # type: ignore[arg-type]
    rows += energy_rows(subject, systems, grid)
    claims = _per_spin(subject, systems, grid, first, truths)
    excluded = undetermined(subject)
    for name, row in worst_rows(rows).items():
        if name in excluded:
            continue
        absent = "" if row.value is not None else "not determined by this subject's outputs on these systems"
        measurement = measured(
            f"violation of {name}" if name in INVARIANT_TARGETS else name, f"N = {plan.spins}, {grid.points} points",
            subject, row.value, reference="exact law", worst=f"{row.case}, {row.where}" if row.where else row.case,
            problem=problems[0] if problems else "", absent=absent, seed=plan.seed,
        )  # fmt: skip
        claims.append(Claim(measurement, INVARIANT_TARGETS.get(name)))
    return rows, claims


def _per_spin(
    subject: Any, systems: list[SpinSystem], grid: TimeGrid, answers: Answers, truths: Truths | None
) -> list[Claim]:
    """RMSE of the signals and polarisations of single spins, where the subject gives them."""
    claims = []
    for name, words in (("spin_signals", "signals"), ("spin_polarisations", "polarisations")):
        if truths is None or any(one is None or getattr(one, name) is None for one in answers.trajectories):
            continue
        gaps = [
            float(np.sqrt(np.mean(np.abs(getattr(one, name) - getattr(truth, name)) ** 2)))
            for one, truth in zip(answers.trajectories, truths(systems, grid), strict=True)
        ]
        worst = int(np.argmax(gaps))
        claims.append(
            Claim(measured(f"RMSE of the {words} of single spins", f"N = {len(systems[0])}, {grid.points} points",
                           subject, float(np.mean(gaps)), worst=f"{systems[worst].name} #{worst}: {gaps[worst]:.2e}"))
        )  # fmt: skip
    return claims


def energy_rows(subject: Any, systems: list[SpinSystem], grid: TimeGrid) -> list[SymmetryRow]:
    """|<H>(t) - <H>(0)| / √(Tr H² · Tr I_1z²) from ρ0 = I_1z, where the subject's model gives the energy."""
    energy = getattr(getattr(subject, "model", None), "energy", None)
    rows = []
    for number, system in enumerate(systems):
        case = f"{system.name} #{number}"
        if energy is None:
            rows.append(SymmetryRow("<H>", case, None))
            continue
        values = np.asarray(energy(system, grid))
        deviation = np.abs(values - values[0])
        step = int(np.argmax(deviation))
        rows.append(SymmetryRow("<H>", case, float(deviation[step]), f"t = {grid.times_s[step]:.4g} s"))
    return rows


def density_claims(rows: list[ConservationRow], absent: Mapping[str, str]) -> list[tuple[Claim, bool]]:
    """Claims on the density operators; the flag is True for a control, which must miss its target."""
    claims = []
    for row in rows:
        method = _Method(row.method)
        control = row.method in CONTROLS
        for quantity in QUANTITIES:
            target = f"density_{'exact' if row.method in ('exact', 'dense') or control else 'iterative'}"
            value = row.worst(quantity)
            # ρ = U ρ0 U† is hermitian for any U: no control can miss that one.
            judged = not (control and quantity == "hermiticity")
            measurement = measured(
                f"deviation of {quantity}", f"chain-{row.spins}, {len(row.times_s)} points", method,
                value if np.isfinite(value) else 1e300, reference="exact law",
            )  # fmt: skip
            claims.append((Claim(measurement, target if judged else None), control))
    for name, why in absent.items():
        found = measured("deviation of trace", f"method {name}", _Method(name), None, reference="exact law", absent=why)
        claims.append((Claim(found), False))
    return claims


@dataclass(frozen=True)
class _Method:
    name: str

    @property
    def provenance(self) -> dict[str, str]:
        return {"kind": "reference", "name": self.name}


def _nothing(grid: TimeGrid) -> Trajectory:
    from harness.tasks.spins.systems import Provenance

    return Trajectory.of(grid, Provenance("none"), np.full(grid.points, np.nan + 0j), np.full(grid.points, np.nan))
