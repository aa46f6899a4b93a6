"""The laws of a plan, applied to the answers of the subject on every grid that it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.subjects.capabilities import model_of
from harness.suites.asking import Answers, Claim, Truths, ask_fully, measured
from harness.suites.conservation.laws import Answered, Violation, undetermined, violations, worst
from harness.suites.conservation.plan import Plan
from harness.task import Grid


@dataclass(frozen=True, eq=False)
class Outcome:
    """Violations of the subject on every grid that it accepts, claims for the verdicts."""

    violations: dict[Grid, list[Violation]]
    claims: list[Claim]

    def worst(self) -> dict[str, dict[str, Violation]]:
        """The worst case of every law, by the horizon in words."""
        return {horizon(grid): worst(rows) for grid, rows in self.violations.items()}


def horizon(grid: Grid) -> str:
    """The last time of a grid in words; seconds as milliseconds."""
    last = (grid.points - 1) * grid.step
    return f"{last * 1e3:.0f} ms" if grid.unit == "s" else f"{last:.4g} {grid.unit}"


def run(subject: Any, plan: Plan, truths: Truths | None = None) -> Outcome:
    """Every law on every grid of the plan.

    With ``truths`` (of all observables) the errors of the observables in ``plan.more`` are recorded as well.
    """
    systems = [s for population in plan.populations for s in population.draw(plan.cases, plan.seed)]
    found, refusals = Outcome({}, []), []
    for grid in plan.grids:
        answers = ask_fully(subject, systems, grid, plan.more)
        if answers.refusal:
            refusals.append(answers.refusal)
            continue
        rows, claims = _on_grid(subject, plan, systems, grid, answers, truths)
        found.violations[grid] = rows
        found.claims.extend(claims)
    if not found.violations:
        why = f"not supported: {refusals[0]}"
        found.claims.append(Claim(measured("invariants", f"N = {systems[0].size}", subject, None, absent=why)))
    return found


def _on_grid(
    subject: Any, plan: Plan, systems: list[Any], grid: Grid, first: Answers, truths: Truths | None
) -> tuple[list[Violation], list[Claim]]:
    problems: list[str] = []

    def predict(requested: Sequence[Any], on: Grid) -> list[Any]:
        answers = ask_fully(subject, requested, on, plan.more)
        if answers.problem or answers.refusal:
            problems.append(answers.problem or answers.refusal)
        return answers.trajectories

    rng = np.random.default_rng(plan.seed)
    requested = Answered(systems, grid, first.trajectories, predict, model_of(subject), rng)
    rows: list[Violation] = []
    problem: dict[str, str] = {}
    for law in plan.laws:
        problems[:] = [first.problem] if first.problem else []
        rows += violations(law, requested)
        problem[law.name] = problems[0] if problems else ""
    place = f"N = {systems[0].size}, {grid.points} points"
    claims = _more(subject, plan, systems, grid, first, truths, place)
    targets, excluded = plan.targets(), undetermined(plan.laws, subject)
    units = {law.name: law.unit for law in plan.laws}
    for name, row in worst(rows).items():
        if name in excluded:
            continue
        silent = row.value is None and not problem[name]
        absent = "not determined by this subject's outputs on these systems" if silent else ""
        measurement = measured(
            f"violation of {name}" if name in targets else name, place, subject, row.value, reference="exact law",
            worst=f"{row.case}, {row.where}" if row.where else row.case, problem=problem[name],
            absent=absent, seed=plan.seed, unit=units[name],
        )  # fmt: skip
        claims.append(Claim(measurement, targets.get(name)))
    return rows, claims


def _more(
    subject: Any, plan: Plan, systems: list[Any], grid: Grid, answers: Answers, truths: Truths | None, place: str
) -> list[Claim]:
    """RMS errors of the observables in ``plan.more``, where the subject gives them."""
    claims = []
    for name, words in plan.more.items():
        if truths is None or any(one is None or name not in one.arrays for one in answers.trajectories):
            continue
        gaps = [
            float(np.sqrt(np.mean(np.abs(one.arrays[name] - truth.arrays[name]) ** 2)))
            for one, truth in zip(answers.trajectories, truths(systems, grid), strict=True)
        ]
        at = int(np.argmax(gaps))
        found = measured(
            f"RMSE of the {words}", place, subject, float(np.mean(gaps)),
            worst=f"{systems[at].name} #{at}: {gaps[at]:.2e}",
        )  # fmt: skip
        claims.append(Claim(found))
    return claims
