"""The plan that a task gives to the suite of accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.suites.asking import Truths
from harness.suites.baseline import Baseline, Control, planned_controls
from harness.suites.planned import Number, PlannedTest
from harness.task import Grid, Metric


@dataclass(frozen=True)
class Case:
    """One system on one grid, and the metrics by which the answer is judged.

    ``judged`` is (key of a metric, name of its target) for every metric that is judged here; the others are recorded.
    ``judges_ratio`` is False where the baseline is already correct, so that a ratio has no meaning.
    """

    id: str
    system: Any
    grid: Grid
    judged: tuple[tuple[str, str], ...]
    judges_ratio: bool = True


def no_controls(plan: Plan, truths: Truths | None) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


@dataclass(frozen=True)
class Plan:
    """Cases that the production code computes, and methods without training that are compared with the subject.

    Parameters
    ----------
    cases
        Makes the cases; their names are unique.
    metrics
        Every one is recorded of the subject and of every baseline; the first is that of the ratio.
    baselines
        The first is the one that the subject has to beat: ``against_baseline`` is the target of the error of the
        subject over that of it.
    rounding
        Errors below this count as this in the ratio.
    observables
        The observables that the production code has to compute.
    controls
        (plan, truths) → subjects that must fail.
    files
        Name of the table and of the figure in the folder of a run.
    """

    cases: Callable[[], Sequence[Case]]
    metrics: tuple[Metric, ...]
    baselines: tuple[Baseline, ...]
    observables: tuple[str, ...]
    rounding: float = 0.0
    controls: Callable[[Plan, Any], Sequence[Control]] = no_controls
    files: tuple[str] = ("accuracy",)


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    needs = {metric.key: frozenset(metric.needs) for metric in plan.metrics}
    numbers: list[Number] = []
    for case in plan.cases():
        numbers += [Number(target, 1, needs[key]) for key, target in case.judged]
        numbers += [Number("against_baseline", 1, needs[plan.metrics[0].key])] if case.judges_ratio else []
    return (PlannedTest("", "test_cases", tuple(numbers)), *planned_controls(plan.controls(plan, None)))
