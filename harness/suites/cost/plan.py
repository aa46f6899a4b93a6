"""The plan that a task gives to the suite of cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.benchmark.timing import Protocol
from harness.suites.asking import Truths
from harness.suites.baseline import Control, planned_controls
from harness.suites.cost.measure import CostPoint
from harness.suites.planned import Number, PlannedTest
from harness.task import Metric, Population

BATCHES = frozenset({"batches"})


@dataclass(frozen=True)
class Rival:
    """Another method, and the size of the largest system that it computes here; larger ones are left out.

    ``make`` gives the method (``simulate``, and ``simulate_batch`` if it has one); where it raises
    :class:`harness.errors.InputError` the method is not available. ``grows`` is the factor per unit of size by which
    its cost is extrapolated up to the sizes whose truth is exact; None: it is not. ``few``: cases over which the
    error of a costly method is taken; None: all.
    """

    label: str
    make: Callable[[], Any]
    largest: int
    grows: float | None = None
    few: int | None = None


@dataclass(frozen=True)
class Panel:
    """A signal to be drawn: its title, and how it is taken from an answer, (T,) or None where it is not given."""

    title: str
    of: Callable[[Any], np.ndarray | None]


def no_controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


def first(truths: Sequence[Any]) -> int:
    """The first case."""
    return 0


@dataclass(frozen=True)
class Plan:
    """Populations by size, the methods whose times are compared with the subject's, and targets of errors and times.

    Parameters
    ----------
    population
        Size → what is drawn; all of one grid.
    sizes, beyond, cases, seed
        ``cases`` systems of every size. ``beyond``: sizes at which the truth is not exact (see
        :meth:`harness.suites.asking.Truths.at`); of the subjects, only surrogates are run there.
    metrics
        The first is the error of the front; every one is recorded.
    truths
        Makes the reference.
    targets
        Key of a metric → target of its mean; ``largest`` is the target of the largest value of the first.
    at_size
        Size → one more target of the mean of the first metric there.
    rivals, others
        Methods compared with the subject; functions (plan, truths, subject) → points that are obtained in another way.
    watched
        Names of methods among the rivals and others which are surrogates as well: how many methods are faster and more
        accurate is recorded for each, and its page says which.
    speed_targets
        (rival, size) → target of the speed-up of a surrogate in a batch. Besides, ``dominated`` is the target of the
        number of methods that are faster and more accurate at once.
    protocol, batch, judges_costs
        How times are measured; False where the protocol is too short to judge them: they are recorded then.
    truth_label, beyond_label, size_key, size_label, title
        Words for figures and tables: "exact", "clusters of 9", "atoms", "number of atoms N"; the title of the page,
        which by default has the ``size_label``.
    panels, telling
        Signals of one case that are drawn, and which case (its index among the truths) shows most.
    files
        Names of the table, and of the figures of cost, front and signals.
    """

    population: Callable[[int], Population]
    sizes: tuple[int, ...]
    cases: int
    batch: int
    metrics: tuple[Metric, ...]
    truths: Callable[[], Truths]
    targets: Mapping[str, str]
    largest: str
    rivals: tuple[Rival, ...] = ()
    others: tuple[Callable[[Plan, Truths, Any], list[CostPoint]], ...] = ()
    at_size: Mapping[int, str] = field(default_factory=dict)
    speed_targets: Mapping[tuple[str, int], str] = field(default_factory=dict)
    protocol: Protocol = field(default_factory=Protocol)
    seed: int = 10
    judges_costs: bool = True
    beyond: tuple[int, ...] = ()
    budget_s: float = 60.0
    truth_label: str = "exact"
    beyond_label: str = ""
    size_key: str = "size"
    size_label: str = "size N"
    panels: tuple[Panel, ...] = ()
    telling: Callable[[Sequence[Any]], int] = first
    shown_title: str = "one case of the largest size"
    controls: Callable[[Plan, Truths], Sequence[Control]] = no_controls
    files: tuple[str, str, str, str] = ("cost", "cost", "front", "observables")
    watched: tuple[str, ...] = ()
    title: str = ""

    @property
    def main(self) -> Metric:
        """The metric of the front."""
        return self.metrics[0]


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    needs = frozenset(plan.main.needs)
    requested = [(plan.targets[m.key], frozenset(m.needs)) for m in plan.metrics if m.key in plan.targets]
    numbers = []
    for target, wanted in (*requested, (plan.largest, needs)):
        numbers.append(Number(target, len(plan.sizes), wanted))
        numbers += [Number(target, len(plan.beyond), wanted | BATCHES)] if plan.beyond else []
    numbers += [Number(target, 1, needs) for size, target in plan.at_size.items() if size in plan.sizes]
    if plan.judges_costs:
        there = [target for (_, size), target in plan.speed_targets.items() if size in plan.sizes]
        numbers += [Number(target, 1, needs | BATCHES) for target in there]
        numbers.append(Number("dominated", 2, needs | BATCHES))  # one system, a batch
    controls = planned_controls(plan.controls(plan, plan.truths()))
    return (PlannedTest("", "test_error_and_cost", tuple(numbers)), *controls)
