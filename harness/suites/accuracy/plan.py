"""The plan that a task gives to the suite of accuracy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.accuracy.production import Production, computed
from harness.suites.baseline import Baseline, Control, planned_controls
from harness.suites.planned import Number, PlannedTest
from harness.task import Grid, Metric, Resolution

if TYPE_CHECKING:
    from harness.suites.accuracy.compare import Compared


@dataclass(frozen=True)
class Case:
    """One system on one grid, and the metrics by which the answer is judged.

    Parameters
    ----------
    judged
        (key of a metric, name of its target) for every metric that is judged here; the others are recorded.
    judges_ratio, has_ratio
        ``judges_ratio`` is False where the baseline is already correct, so that a ratio has no meaning; without
        ``has_ratio`` it is not recorded either.
    more
        (metric, name of its target) for metrics that are measured of the subject in this case only.
    seeds
        The seeds from which the system was drawn.
    facts
        What a page shows of the case, by name.
    """

    id: str
    system: Any
    grid: Grid
    judged: tuple[tuple[str, str], ...]
    judges_ratio: bool = True
    has_ratio: bool = True
    more: tuple[tuple[Metric, str], ...] = ()
    seeds: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id as it is in the name of a test and in names of files."""
        return key_of(self.id)


def key_of(name: str) -> str:
    """The id of a case in characters that need no quoting."""
    return re.sub(r"[^\w.+=-]+", "-", name, flags=re.ASCII).strip("-")


def no_controls(plan: Plan, truths: Any) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


def no_notes(case: Case, truth: Any) -> Mapping[str, str]:
    """No remarks."""
    return {}


def size_only(compared: Compared) -> Mapping[str, np.ndarray]:
    """The size of the system, for the table."""
    return {"size": np.asarray(compared.case.system.size)}


@dataclass(frozen=True)
class Plan:
    """Cases that the production code computes, and methods without training that are compared with the subject.

    Parameters
    ----------
    cases
        Makes the cases; their names are unique.
    metrics
        Every one is recorded of the subject; the first is that of the ratio.
    baselines
        The first is the one that the subject has to beat: ``ratio_target`` is the target of the error of the subject
        over that of it.
    observables
        The observables that the production code has to compute.
    rounding
        Errors below this count as this in the ratio.
    controls
        (plan, production code) → subjects that must fail.
    files
        Name of the table and of the figure in the folder of a run.
    of_baselines
        The metrics that are recorded of the baselines; all where it is empty.
    with_untrained
        True: the subject without what it learned is a further baseline, where its model offers this form.
    repeats
        Further calls of the subject after the first, whose median is its time; a slow subject is called once.
    production
        (what answers in this run, plan) → the answers of the production code to cases.
    notes
        (case, truth) → key of a metric → what a reader must know of this number.
    stored
        What is stored of a comparison for the page: arrays by name.
    """

    cases: Callable[[], Sequence[Case]]
    metrics: tuple[Metric, ...]
    baselines: tuple[Baseline, ...]
    observables: tuple[str, ...]
    rounding: float = 0.0
    controls: Callable[[Plan, Any], Sequence[Control]] = no_controls
    files: tuple[str] = ("accuracy",)
    ratio_target: str = "against_baseline"
    of_baselines: tuple[Metric, ...] = ()
    with_untrained: bool = False
    repeats: int = 0
    production: Callable[[Resolution, Plan], Production] = computed
    notes: Callable[[Case, Any], Mapping[str, str]] = no_notes
    stored: Callable[[Compared], Mapping[str, np.ndarray]] = size_only


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges, one test for each case; see :mod:`harness.suites.planned`."""
    tests = tuple(PlannedTest("", f"test_case[{case.key}]", _numbers(plan, case)) for case in plan.cases())
    return (*tests, *planned_controls(plan.controls(plan, None)))


def _numbers(plan: Plan, case: Case) -> tuple[Number, ...]:
    needs = {metric.key: frozenset(metric.needs) for metric in plan.metrics}
    numbers = [Number(target, 1, needs[key]) for key, target in case.judged]
    if case.has_ratio and case.judges_ratio:
        numbers.append(Number(plan.ratio_target, 1, needs[plan.metrics[0].key]))
    return (*numbers, *(Number(target, 1, frozenset(metric.needs)) for metric, target in case.more))


def case_ids(plan: Plan, truth: Resolution) -> list[str]:
    """The cases that can be compared in this run, by the names that their tests have."""
    production = plan.production(truth, plan)
    return [case.key for case in plan.cases() if production.available(case)]
