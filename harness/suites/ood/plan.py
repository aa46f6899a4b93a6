"""The plan that a task gives to the suite out of distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.report.records import Exclusion
from harness.subjects import Subject
from harness.suites.asking import Truths
from harness.suites.baseline import Baseline, Control, planned_controls
from harness.suites.capabilities import states_uncertainty
from harness.suites.planned import Number, PlannedTest
from harness.task import Metric, Population

UNSTATED = "does it say that it is outside?"


def no_controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


@dataclass(frozen=True)
class Plan:
    """Populations, the first in distribution and every other one step out of it, and the targets of answers.

    Parameters
    ----------
    populations, cases, seed
        The systems: ``cases`` of every population.
    metrics
        The first is the one by which errors are compared; every one is recorded.
    baseline
        The method whose mean error is the bound for that of the subject outside.
    truths
        Makes the reference.
    score
        The observable whose stated standard deviation ranks the cases.
    targets
        Key of a metric → target of its mean in distribution. The suite's other targets are ``bounded`` (mean error
        divided by that of the baseline) and ``flagged`` (area under the ROC curve of in against out of distribution).
    controls
        (plan, truths) → subjects that must fail.
    budget_s
        Seconds that a subject which is no surrogate may take for one population.
    files
        Names of the table and of the figure in the folder of a run.
    """

    populations: tuple[Population, ...]
    cases: int
    metrics: tuple[Metric, ...]
    baseline: Baseline
    truths: Callable[[], Truths]
    score: str
    targets: Mapping[str, str]
    controls: Callable[[Plan, Truths], Sequence[Control]] = no_controls
    seed: int = 50
    budget_s: float = 30.0
    files: tuple[str, str] = ("ood", "ood")

    @property
    def main(self) -> Metric:
        """The metric by which errors are compared."""
        return self.metrics[0]


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    outside = len(plan.populations) - 1
    numbers = [Number(plan.targets[m.key], 1, frozenset(m.needs)) for m in plan.metrics if m.key in plan.targets]
    numbers.append(Number("bounded", outside, frozenset(plan.main.needs)))
    numbers.append(Number("flagged", 1, frozenset({"domain_flag"})))
    return (PlannedTest("", "test_populations", tuple(numbers)), *planned_controls(plan.controls(plan, plan.truths())))


def excluded(suite: str, plan: Plan, subject: Subject) -> tuple[Exclusion, ...]:
    """What is left out in a run of ``subject``."""
    if states_uncertainty(subject):
        return ()
    return (Exclusion(suite, UNSTATED, f"{subject.name} declares no uncertainty and no domain check"),)
