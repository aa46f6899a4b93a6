"""The library: how large are the errors of a subject on a thousand real molecules, and does it flag them?

Every system is computed at two fields and over three windows and compared with exact (:mod:`.library_truth`). A
surrogate does not compute windows beyond the horizon of the domain that it declares: it would flag every answer there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from harness.report import Measurement
from harness.subjects import NamedSubject
from harness.suites import intervals
from harness.suites.asking import Claim, measured, not_done
from harness.task import Tier
from harness.tasks.spins.metrics import RELATIVE_M
from harness.tasks.spins.suites.experiments.library_answers import answers_of, band_radii
from harness.tasks.spins.suites.experiments.library_truth import (
    Believed,
    believed,
    drawn,
    exact_seconds,
    i1z_error,
)
from harness.tasks.spins.suites.guidance import EXACT_ON_LIBRARY, ON_LIBRARY
from harness.tasks.spins.suites.measure.library import (
    GOOD,
    LibraryAnswer,
    LibraryRow,
    errors_of,
    is_wrong,
    needless,
    outcome_of,
    silent_failures,
)
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, SpinSystem, TimeGrid
from harness.tasks.spins.systems.gissmo import LibraryEntry, library
from harness.tasks.spins.systems.hardness import hardness

WHOLE_GRID = TimeGrid(10_000, 1e-4)
"""One second, a usual acquisition time."""
WINDOWS = (STANDARD_GRID, LONG_GRID, WHOLE_GRID)
FIELDS_T = (11.74, 1.4)

SILENT = "wrong answers that nothing reveals"
NEEDLESS = "share of good answers flagged or refused"


@dataclass(frozen=True)
class Plan:
    """The step through the systems of the library (``every``-th system), and the time limit in seconds per window and
    field for a subject that is not a surrogate."""

    every: int
    windows: tuple[TimeGrid, ...] = WINDOWS
    fields_t: tuple[float, ...] = FIELDS_T
    budget_s: float = 10.0


PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan(10),
    "nightly": Plan(1, budget_s=120.0),
    "full": Plan(1, budget_s=600.0),
}


@runtime_checkable
class StatesDomain(Protocol):
    """A model with one domain for all systems."""

    @property
    def domain(self) -> Domain:
        """The domain of training."""
        ...


@runtime_checkable
class StatesHorizon(Protocol):
    """A model that gives no answer after a certain time."""

    @property
    def horizon_s(self) -> float:
        """The last time for which it gives an answer."""
        ...


@runtime_checkable
class StatesSizes(Protocol):
    """A model that has networks for some systems only."""

    def takes(self, system: SpinSystem) -> bool:
        """True if it has a network for this system."""
        ...


@dataclass(frozen=True, eq=False)
class Outcome:
    """One row for every answer, and the claims for the verdicts."""

    rows: list[LibraryRow]
    claims: list[Claim]


def windows_of(subject: Any, windows: Sequence[TimeGrid] = WINDOWS) -> tuple[TimeGrid, ...]:
    """The windows that a subject has to compute: those within the horizon that its model declares, else all."""
    horizon_s = declared_horizon_s(subject)
    return tuple(grid for grid in windows if horizon_s is None or grid.horizon_s <= horizon_s * (1 + 1e-9))


def takes(subject: Any, system: SpinSystem) -> bool:
    """True unless the subject's model declares that it has no network for such a system. Like the horizon, this is
    known before the run.
    """
    model = subject.model if isinstance(subject, NamedSubject) else None
    return model.takes(system) if isinstance(model, StatesSizes) else True


def not_taken(subject: Any, every: int = 1) -> tuple[int, int]:
    """Number of systems of a plan for which the subject's model declares that it has no network; number of systems."""
    entries = list(drawn(every))
    systems = [entry.molecule(library().head).at(FIELDS_T[0]) for entry in entries]
    return sum(not takes(subject, system) for system in systems), len(systems)


def declared_horizon_s(subject: Any) -> float | None:
    """The last time of the domain that a subject's model declares; None if it declares no domain."""
    model = subject.model if isinstance(subject, NamedSubject) else None
    if isinstance(model, StatesDomain):
        return model.domain.horizon_s
    return model.horizon_s if isinstance(model, StatesHorizon) else None


def run(subject: Any, plan: Plan) -> Outcome:
    """Compute and judge every system of the plan, field by field."""
    rows: list[LibraryRow] = []
    claims: list[Claim] = []
    windows = windows_of(subject, plan.windows)
    if not windows:
        return Outcome([], [])
    longest = max(windows, key=lambda grid: grid.points)
    entries = sorted(drawn(plan.every), key=lambda entry: (len(entry), entry.key))
    for field_t in plan.fields_t:
        made = [(entry, entry.molecule(library().head).at(field_t)) for entry in entries]
        taken = [(entry, system) for entry, system in made if takes(subject, system)]
        systems = [system for _, system in taken]
        truths = [believed(system, longest) for system in systems]
        for grid in windows:
            answers, undone = answers_of(subject, systems, grid, plan.budget_s)
            claims += not_done(subject, case_of(grid, field_t), undone)
            keys = [entry.key for entry, _ in taken[: len(answers)]]
            found = rows_of(subject, keys, systems[: len(answers)], grid, answers, truths[: len(answers)], field_t)
            rows += found
            claims += _claims(subject, found, answers, grid, field_t)
    for grid in windows:
        mine = [row for row in rows if row.window_s == grid.horizon_s]
        claims.append(_needless(subject, mine, grid))
    return Outcome(rows, [*claims, _time_of_exact(subject, entries, plan.fields_t[0])])


def _time_of_exact(subject: Any, entries: Sequence[LibraryEntry], field_t: float) -> Claim:
    """The time that exact needs for one second of every system with small blocks, to compare a subject's time with."""
    systems = [entry.molecule(library().head).at(field_t) for entry in entries]
    seconds = [taken for system in systems if (taken := exact_seconds(system, WHOLE_GRID)) is not None]
    value = float(np.mean(seconds)) if seconds else None
    case, absent = case_of(WHOLE_GRID, field_t), "" if seconds else "no system of the plan has blocks small enough"
    return Claim(measured(EXACT_ON_LIBRARY, case, subject, value, unit="s", absent=absent, cases=len(seconds) or None))


def rows_of(
    subject: Any,
    keys: Sequence[str],
    systems: Sequence[SpinSystem],
    grid: TimeGrid,
    answers: Sequence[LibraryAnswer],
    truths: Sequence[Believed],
    field_t: float,
) -> list[LibraryRow]:
    """One row per system. For wrong answers without a flag, the bands of the subject are computed as well."""
    errors = [
        None if one.trajectory is None else errors_of(one, truth.on(grid))
        for one, truth in zip(answers, truths, strict=True)
    ]
    doubtful = [
        k
        for k, found in enumerate(errors)
        if found is not None and is_wrong(found[0], truths[k].error) and not answers[k].flagged
    ]
    radii = dict(zip(doubtful, band_radii(subject, [systems[k] for k in doubtful], grid), strict=True))
    polarisations = {
        k: i1z_error(systems[k], answers[k].trajectory, grid)
        for k, found in enumerate(errors)
        if found is not None and answers[k].flagged and found[0] <= GOOD
    }
    looked_at = [replace(one, radius=radii.get(k), i1z_error=polarisations.get(k)) for k, one in enumerate(answers)]
    return [
        _row(key, system, grid, one, errors[k], truths[k], field_t)
        for k, (key, system, one) in enumerate(zip(keys, systems, looked_at, strict=True))
    ]


def _row(
    key: str,
    system: SpinSystem,
    grid: TimeGrid,
    answers: LibraryAnswer,
    errors: tuple[float, float] | None,
    truth: Believed,
    field_t: float,
) -> LibraryRow:
    unanswered = "refused" if answers.refused else "failed"
    return LibraryRow(
        system=key,
        spins=len(system),
        largest_part=max(map(len, system.components())),
        field_t=field_t,
        window_s=grid.horizon_s,
        hardness=hardness(system),
        error=None if errors is None else errors[0],
        largest=None if errors is None else errors[1],
        seconds=answers.seconds,
        outcome=unanswered if errors is None else outcome_of(answers, *errors, truth.error),
        band_radius=answers.radius,
        truth=truth.method,
        truth_error=truth.error,
    )


def case_of(grid: TimeGrid, field_t: float | None = None) -> str:
    """Window and field as text: "100 ms, 1.4 T", "1 s"."""
    window = f"{grid.horizon_s * 1e3:.0f} ms" if grid.horizon_s < 0.5 else f"{grid.horizon_s:.0f} s"
    return window if field_t is None else f"{window}, {field_t:g} T"


def _claims(
    subject: Any, rows: Sequence[LibraryRow], answers: Sequence[LibraryAnswer], grid: TimeGrid, field_t: float
) -> list[Claim]:
    case = case_of(grid, field_t)
    failed = [(row, one) for row, one in zip(rows, answers, strict=True) if row.outcome == "failed"]
    problem = (
        f"{len(failed)} of {len(rows)} failed, first {failed[0][0].place}: {failed[0][1].problem}" if failed else ""
    )
    claims = [Claim(silent_claim(subject, rows, case, problem), "silent_failures")]
    answered = [row for row in rows if row.error is not None]
    if not answered:
        return claims
    worst = max(answered, key=lambda row: row.error or 0.0)
    values = np.array([row.error for row in answered])
    for metric, value in (
        (f"{RELATIVE_M.label}, median", float(np.median(values))),
        (f"{RELATIVE_M.label}, 90 % of the systems", float(np.quantile(values, 0.9))),
        (f"{RELATIVE_M.label}, largest", float(values.max())),
    ):
        claims.append(Claim(measured(metric, case, subject, value, worst=worst.place, cases=len(answered))))
    seconds = [row.seconds for row in answered if row.seconds is not None]
    claims.append(Claim(measured(ON_LIBRARY, case, subject, float(np.mean(seconds)), unit="s")))
    return claims + _beyond_exact(subject, rows, case)


def silent_claim(
    subject: Any, rows: Sequence[LibraryRow], case: str, problem: str = "", reference: str = "exact"
) -> Measurement:
    """The number of wrong answers that nothing reveals, the worst of them, and what revealed the other wrong ones."""
    silent = silent_failures(rows)
    refused = sum(row.outcome == "refused" for row in rows)
    wrong = sum(row.outcome.startswith("wrong") for row in rows)
    note = f"{wrong} of {len(rows) - refused} answers are wrong by more than 1e-2"
    note += f"; {refused} refused" if refused else ""
    absent = f"{subject.name} takes none of these systems" if rows and refused == len(rows) else ""
    return measured(
        SILENT, case, subject, float(len(silent)), reference=reference, problem=problem, absent=absent, note=note,
        worst=silent[0].place if silent else "", cases=len(rows),
    )  # fmt: skip


def _beyond_exact(subject: Any, rows: Sequence[LibraryRow], case: str) -> list[Claim]:
    """The error that the reference method states for itself where it is not exact, for each system."""
    return [
        Claim(
            measured(
                "stated relative error of the reference", f"{row.system}, {case}", subject, row.truth_error,
                reference=row.truth,
            )
        )
        for row in rows
        if row.truth != "exact"
    ]  # fmt: skip


def _needless(subject: Any, rows: Sequence[LibraryRow], grid: TimeGrid) -> Claim:
    """The fraction of good answers with a needless flag. The systems are a fixed list, so that the fraction itself is
    judged; the confidence interval that it would have for independent molecules is in the note."""
    warned, good = needless(rows)
    absent = "" if good else f"none of the answers of {subject.name} is good, and it refused none"
    value, note = (warned / good, f"{warned} of {good}; {intervals.binomial(warned, good)}") if good else (None, "")
    found = measured(NEEDLESS, case_of(grid), subject, value, absent=absent, cases=good or None, note=note)
    return Claim(found, "needless")
