"""The answers of Spinach to sixty systems of the library, compared with exact and with the subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.library_cases import ROLE
from harness.tasks.spins.suites.library.answers import answers_of
from harness.tasks.spins.suites.library.measure import LibraryRow
from harness.tasks.spins.suites.library.run import rows_of, silent_claim
from harness.tasks.spins.suites.library.truth import Believed
from harness.tasks.spins.suites.truth import Case, Truth, brief
from harness.tasks.spins.systems import SpinSystem

METRIC = "largest error of M of exact"


def cases_of(truth: Truth) -> list[Case]:
    """Every system of the library that is planned for Spinach, with its answer or the problem."""
    return [truth.case(key) for key in truth.ids(ROLE)]


def unchanged(system: SpinSystem) -> SpinSystem:
    """The unchanged system."""
    return system


def unsigned(system: SpinSystem) -> SpinSystem:
    """The system with all couplings positive: the negative control."""
    return system.with_(couplings_hz=np.abs(system.couplings_hz))


def exact_error(
    cases: Sequence[Case], change: Callable[[SpinSystem], SpinSystem] = unchanged, whose: str = "exact"
) -> Measurement:
    """Largest |ΔM| of exact over all cases: a statement about this package, with the offsets that Spinach used."""
    found = [(_largest(case, change), case) for case in cases if case.truth is not None]
    value, worst = max(found, key=lambda one: one[0], default=(None, None))
    problems = [case for case in cases if case.truth is None]
    problem = f"{len(problems)} of {len(cases)} answers are not there: {problems[0].problem}" if problems else ""
    truth = worst.truth if worst is not None else None
    return Measurement(
        METRIC,
        f"{len(cases)} systems of the library",
        whose,
        truth.provenance.method if truth is not None else "",
        None if problem else value,
        worst=worst.id if worst is not None else "",
        problem=problem,
        subject_provenance={"kind": "reference", "name": "exact"},
        reference_provenance=brief(truth) if truth is not None else {},
        cases=len(cases),
    )


def _largest(case: Case, change: Callable[[SpinSystem], SpinSystem]) -> float:
    assert case.truth is not None
    found = reference("exact").simulate(change(case.system), case.grid, ("m",))
    return float(np.abs(found.m - case.truth.m).max())


def subject_rows(subject: Any, cases: Sequence[Case], budget_s: float) -> tuple[list[LibraryRow], str]:
    """The subject against these truths, one row per case; second: the reason if some are missing."""
    rows: list[LibraryRow] = []
    undone: list[str] = []
    there = [case for case in cases if case.truth is not None]
    for kind in dict.fromkeys((case.grid, case.field_t) for case in there):
        mine = [case for case in there if (case.grid, case.field_t) == kind]
        systems = [case.system for case in mine]
        answers, why = answers_of(subject, systems, kind[0], budget_s)
        undone += [why] if why else []
        done = len(answers)
        keys = [str(case.parameters["entry"]) for case in mine[:done]]
        truths = [Believed(case.truth, case.truth.provenance.method, 0.0) for case in mine[:done] if case.truth]
        rows += rows_of(subject, keys, systems[:done], kind[0], answers, truths, float(kind[1] or 0.0))
    return rows, "; ".join(undone)


def subject_claim(subject: Any, rows: Sequence[LibraryRow], truth: Truth) -> Measurement:
    """The number of the subject's answers that are wrong compared with Spinach and that nothing reveals."""
    return silent_claim(subject, rows, f"{len(rows)} systems of the library", reference=truth.name)
