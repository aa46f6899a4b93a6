"""Every subject on every case: errors, time, or the reason why there is no answer. No ranking is done here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from harness.subjects import Subject
from harness.suites.case import Case
from harness.task import Metric

QUICK_S = 0.3


@dataclass(frozen=True)
class Answered:
    """One subject on one case.

    ``errors`` are against the truth, one for each metric in their order; None where there is no answer or the subject
    gives no such observable. ``seconds`` from system to answer; for short calls the median of three.
    ``refused`` and ``problem`` are the reasons why there is no answer.
    """

    subject: str
    case: str
    kind: str
    panel: str
    size: int
    errors: tuple[float | None, ...]
    seconds: float | None
    refused: str = ""
    problem: str = ""

    @property
    def error(self) -> float | None:
        """The error that decides the rank: that of the first metric."""
        return self.errors[0] if self.errors else None


def measure(
    subjects: Sequence[Subject],
    cases: Sequence[Case],
    metrics: Sequence[Metric],
    say: Callable[[str, int], None] = lambda *_: None,
) -> list[Answered]:
    """Run every subject on every case; ``say(subject, cases done)`` is called after each."""
    found = []
    for subject in subjects:
        for number, case in enumerate(cases, 1):
            found.append(_one(subject, case, metrics))
            say(subject.name, number)
    return found


def _one(subject: Subject, case: Case, metrics: Sequence[Metric]) -> Answered:
    answer = subject.answer(case.system, case.grid)
    none = (None,) * len(metrics)
    unanswered = Answered(subject.name, case.id, case.kind, case.panel, case.size, none, None)
    predicted = answer.trajectory
    if predicted is None:
        refused = answer.refusal
        return replace(unanswered, refused=refused, problem="" if refused else answer.problem)
    seconds = answer.wall_s
    if seconds < QUICK_S:
        seconds = median(subject.answer(case.system, case.grid).wall_s for _ in range(3))
    errors = tuple(_finite(metric.of(predicted, case.truth, case.system)) for metric in metrics)
    return replace(unanswered, errors=errors, seconds=seconds)


def _finite(value: float) -> float | None:
    return None if math.isnan(value) else value
