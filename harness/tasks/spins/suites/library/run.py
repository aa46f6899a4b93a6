"""The library: how large are the errors of a subject on a thousand real molecules, and does it flag them?

Every system is computed at two fields and over three windows and compared with exact (:mod:`.library_truth`). A
surrogate does not compute windows beyond the horizon of the domain that it declares: it would flag every answer there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.suites import intervals
from harness.suites.asking import Claim, measured, not_done
from harness.tasks.spins.metrics import RELATIVE_M
from harness.tasks.spins.suites.guidance import EXACT_ON_LIBRARY, ON_LIBRARY
from harness.tasks.spins.suites.library.answers import answers_of, band_radii
from harness.tasks.spins.suites.library.declared import takes, windows_of
from harness.tasks.spins.suites.library.measure import (
    GOOD,
    LibraryAnswer,
    LibraryRow,
    errors_of,
    is_wrong,
    needless,
    outcome_of,
    silent_failures,
)
from harness.tasks.spins.suites.library.plan import WHOLE_GRID, Plan, case_of
from harness.tasks.spins.suites.library.truth import Believed, believed, drawn, exact_seconds, i1z_error
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.gissmo import LibraryEntry, library
from harness.tasks.spins.systems.hardness import hardness

SILENT = "wrong answers that nothing reveals"
NEEDLESS = "share of good answers flagged or refused"


@dataclass(frozen=True, eq=False)
class Outcome:
    """One row for every answer, and the claims for the verdicts."""

    rows: list[LibraryRow]
    claims: list[Claim]


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
    answered: LibraryAnswer,
    errors: tuple[float, float] | None,
    truth: Believed,
    field_t: float,
) -> LibraryRow:
    unanswered = "refused" if answered.refused else "failed"
    return LibraryRow(
        system=key,
        spins=len(system),
        largest_part=max(map(len, system.components())),
        field_t=field_t,
        window_s=grid.horizon_s,
        hardness=hardness(system),
        error=None if errors is None else errors[0],
        largest=None if errors is None else errors[1],
        seconds=answered.seconds,
        outcome=unanswered if errors is None else outcome_of(answered, *errors, truth.error),
        band_radius=answered.radius,
        truth=truth.method,
        truth_error=truth.error,
    )


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
