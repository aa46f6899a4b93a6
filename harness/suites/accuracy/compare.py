"""One case: the answers of the subject and of the baselines, and their errors. Nothing is judged here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from harness.report import Measurement
from harness.subjects import Answer, untrained
from harness.suites.accuracy.plan import Case, Plan
from harness.suites.accuracy.production import Answered, Production
from harness.suites.errors import absence, error_of
from harness.task import Metric

SLOW_S = 5.0
"""A subject that takes longer than this for a case is called once."""
REPEATED_S = 1.0
"""Seconds for the further calls of a subject in one case."""


@dataclass(frozen=True, eq=False)
class Compared:
    """A case with the truth, the answer of the subject, and the answers of the baselines by their labels.

    ``seconds`` is the time of the subject from system to trajectory; ``untrained`` the label of the baseline that is
    the subject without what it learned, "" if there is none.
    """

    plan: Plan
    case: Case
    reference: str
    answered: Answered
    subject: Any
    answer: Answer
    seconds: float
    baselines: Mapping[str, Answer]
    untrained: str = ""

    def error(self, metric: Metric, baseline: str = "") -> Measurement:
        """The error of the subject, or of the ``baseline`` with this label."""
        truth, system = self.answered.truth, self.answered.system
        answer = self.baselines[baseline] if baseline else self.answer
        one = answer.trajectory
        if truth is None or one is None:
            return self.number(metric.label, None, metric.unit, baseline=baseline)
        value = error_of(metric, one, truth, system)
        if math.isnan(value):
            absent = f"{baseline} does not give it" if baseline else absence(metric, value)
            return self.number(metric.label, None, metric.unit, baseline=baseline, absent=absent)
        worst = metric.worst(one, truth, system) if metric.worst is not None and math.isfinite(value) else ""
        note = self.plan.notes(self.case, truth).get(metric.key, "")
        return self.number(metric.label, value, metric.unit, baseline=baseline, worst=worst, note=note)

    def number(
        self,
        name: str,
        value: float | None,
        unit: str = "1",
        *,
        baseline: str = "",
        worst: str = "",
        note: str = "",
        absent: str = "",
    ) -> Measurement:
        """A number about this case, with the provenance of both sides; without a value if there is no answer."""
        answer, whose = (self.baselines[baseline], baseline) if baseline else (self.answer, self.subject.name)
        problem = f"no truth: {self.answered.problem}" if self.answered.problem else answer.problem
        if answer.refusal and not self.answered.problem:
            problem, absent = "", f"refused by {whose}: {answer.refusal}"
        kind = "surrogate" if baseline == self.untrained else "reference"
        return Measurement(
            name,
            self.case.id,
            whose,
            self.reference,
            None if absent or problem else value,
            unit,
            worst,
            problem=problem,
            determined=not absent,
            note=absent or note,
            subject_provenance={"kind": kind, "name": baseline} if baseline else dict(self.subject.provenance),
            reference_provenance=self.answered.provenance,
            seeds=self.case.seeds,
        )


def compare(subject: Any, plan: Plan, case: Case, production: Production) -> Compared:
    """Call the production code, the subject and every baseline with the system of a case.

    The first call of a subject may load, plan or compile, so that it is not timed where the plan allows further calls:
    ``plan.repeats`` at most, as long as they take less than :data:`REPEATED_S` in total. The time is their median.
    """
    answered = production.answer(case)
    system = answered.system
    answer = subject.answer(system, case.grid)
    times: list[float] = []
    while not answer.problem and answer.wall_s < SLOW_S and len(times) < plan.repeats and sum(times) < REPEATED_S:
        times.append(subject.answer(system, case.grid).wall_s)
    others = {one.label: Answer(one.predict([system], case.grid)[0]) for one in plan.baselines}
    bare = untrained(subject) if plan.with_untrained else None
    if bare is not None:
        others[bare.name] = bare.answer(system, case.grid)
    return Compared(
        plan, case, production.name, answered, subject, answer, median(times or [answer.wall_s]), others,
        "" if bare is None else bare.name,
    )  # fmt: skip
