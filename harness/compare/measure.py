"""Every subject on every case: errors, time, or the reason why there is no answer. Nothing here ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.subjects import Subject
from harness.suites.metrics import rmse
from harness.tasks.spins.spectra.write import origin
from harness.tasks.spins.suites.truth import SMOKE_ROLES, Case, Truth

ROLES = ("molecule", "chain", "chain-strong", "chain-truncated", "library")
VALIDATED = (*SMOKE_ROLES, "library")
"""The roles of all cases of a quick validation that Spinach answers."""
QUICK_S = 0.3


@dataclass(frozen=True)
class Answered:
    """One subject on one case.

    ``rmse_m`` and ``rmse_i1z`` are against the truth, None where there is no answer or the subject gives no such
    observable; ``seconds`` from system to trajectory, the median of three calls where they are quick. ``refused`` and
    ``problem`` are the reasons why there is no answer.
    """

    subject: str
    case: str
    kind: str
    spins: int
    rmse_m: float | None
    rmse_i1z: float | None
    seconds: float | None
    refused: str = ""
    problem: str = ""


def cases_of(truth: Truth, roles: Sequence[str] = ROLES, select: str = "") -> tuple[list[Case], str]:
    """The cases of these roles whose id contains ``select`` and whose truth is there; and what is left out, in words.

    M of a vacuous case is one undamped line, on which every subject is perfect; these are never asked.
    """
    keys = [key for key in truth.ids(*roles) if select in key and truth.available(key)]
    there = [case for case in map(truth.case, keys) if case.truth is not None]
    asked = [case for case in there if not case.vacuous]
    validated = [key for key in truth.ids(*VALIDATED) if select in key]
    variants = sum(key not in truth.ids(*roles) for key in validated)
    vacuous = len(there) - len(asked)
    absent = len(validated) - variants - len(there)
    reasons = [
        f"{variants} variants of molecules (the molecules stand for them)" if variants else "",
        f"{vacuous} whose M is one undamped line (glycine: everybody is right)" if vacuous else "",
        f"{absent} of which {truth.name} says nothing here" if absent else "",
    ]
    left = ", ".join(reason for reason in reasons if reason)
    words = f"{len(asked)} of the {len(validated)} cases of a validation"
    return asked, f"{words}; left out: {left}" if left else words


def sources_of(cases: Sequence[Case]) -> str:
    """Who said the truth of these cases: Spinach with its commits and engines, cached or live, or a method."""
    return "; ".join(sorted({origin(case.truth.provenance) for case in cases if case.truth is not None}))


def measure(
    subjects: Sequence[Subject], cases: Sequence[Case], say: Callable[[str, int], None] = lambda *_: None
) -> list[Answered]:
    """Ask every subject about every case; ``say(subject, cases done)`` is called after each."""
    found = []
    for subject in subjects:
        for number, case in enumerate(cases, 1):
            found.append(_one(subject, case))
            say(subject.name, number)
    return found


def _one(subject: Subject, case: Case) -> Answered:
    answer = subject.answer(case.system, case.grid)
    kind = "molecule" if case.molecule else case.role
    unanswered = Answered(subject.name, case.id, kind, len(case.system), None, None, None)
    said, truth = answer.trajectory, case.truth
    if said is None or truth is None:
        refused = answer.refusal
        return replace(unanswered, refused=refused, problem="" if refused else answer.problem)
    seconds = answer.wall_s
    if seconds < QUICK_S:
        seconds = median(subject.answer(case.system, case.grid).wall_s for _ in range(3))
    m = None if said.mx is None else rmse(said.m - truth.m)
    judged = said.i1z is not None and truth.i1z is not None and case.judges_i1z
    i1z = rmse(said.i1z - truth.i1z) if judged else None  # type: ignore[operator]
    return replace(unanswered, rmse_m=m, rmse_i1z=i1z, seconds=seconds)
