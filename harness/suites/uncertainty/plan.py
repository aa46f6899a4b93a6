"""The plan that a task gives to the suite of uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.report.records import Exclusion
from harness.subjects import Subject
from harness.suites.asking import Truths
from harness.suites.baseline import Control, planned_controls
from harness.suites.capabilities import states_uncertainty
from harness.suites.planned import Number, PlannedTest
from harness.surrogates.conformal import calibrate
from harness.task import Population

Calibrate = Callable[[Mapping[str, Any], Any, Sequence[float]], Any]
"""(absolute errors (n, T) by observable, grid, levels) → a calibration with ``count`` and ``bands(grid, levels)``."""


def no_controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


def arrays_of(answer: Any) -> Mapping[str, Any]:
    """The arrays of an answer."""
    return answer.arrays


@dataclass(frozen=True)
class Plan:
    """Populations in and out of distribution, and the observables whose uncertainty is judged.

    Parameters
    ----------
    inside, outside
        New calibration and test cases are drawn from the first, with disjoint seeds; from the second, which has the
        same grid, cases without any guaranteed coverage.
    calibration, test, beyond
        Numbers of cases. A tenth of the calibration cases gives the shape of the bands.
    observables
        Name → symbol for figures, of real or complex signals (T,); the standard deviation of the first is judged.
    truths
        Makes the reference.
    calibrate
        Makes split-conformal bands from errors.
    spread_label
        The quantity to which the standard deviation belongs, for people.
    budget_s
        Seconds that the answers to all cases may take: a slower subject gets fewer cases.
    controls
        (plan, truths) → subjects that must fail.
    view
        An answer → the signals (T,) of the observables; by default its arrays themselves.
    subject
        Makes the subject that is judged in place of that of the run, for a task in which only one of its models states
        an uncertainty; None: that of the run.
    files
        Names of the document and of the figure.
    """

    inside: Population
    outside: Population
    calibration: int
    test: int
    beyond: int
    observables: Mapping[str, str]
    truths: Callable[[], Truths]
    calibrate: Calibrate = calibrate
    spread_label: str = "std"
    seed: int = 70
    budget_s: float = 600.0
    judged_level: float = 0.90
    shipped_levels: tuple[float, ...] = (0.50, 0.68, 0.90)
    controls: Callable[[Plan, Truths], Sequence[Control]] = no_controls
    view: Callable[[Any], Mapping[str, Any]] = arrays_of
    subject: Callable[[], Subject] | None = None
    files: tuple[str, str] = ("uncertainty", "uncertainty")

    @property
    def cases(self) -> int:
        """Cases in all."""
        return self.calibration + self.test + self.beyond

    @property
    def judged(self) -> str:
        """The observable whose standard deviation is judged."""
        return next(iter(self.observables))


SPREAD, BANDS = "coverage of standard deviations", "coverage of shipped bands"


def shipped_target(level: float) -> str:
    """The target of the coverage of a band of this level that the subject gives."""
    return f"shipped_coverage_{level:.0%}"[:-1]


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    own = plan.subject is not None  # what the subject of the run offers has no bearing then
    spread = frozenset() if own else frozenset({plan.judged, "standard_deviations"})
    numbers = [Number(target, 1, spread) for target in ("std_gap", "std_ranks", "sparsification")]
    shipped = [shipped_target(level) for level in plan.shipped_levels]
    # Pointwise and whole-trajectory bands of every observable.
    numbers += [
        Number(target, 2, frozenset() if own else frozenset({plan.judged, name, "bands"}))
        for target in ("conformal_law", *shipped)
        for name in plan.observables
    ]
    return (PlannedTest("", "test_uncertainty", tuple(numbers)), *planned_controls(plan.controls(plan, plan.truths())))


def excluded(suite: str, plan: Plan, subject: Subject) -> tuple[Exclusion, ...]:
    """What is left out in a run of ``subject``."""
    if plan.subject is not None or states_uncertainty(subject):
        return ()
    why = f"{subject.name} declares no uncertainty and no domain check"
    return tuple(Exclusion(suite, what, why) for what in (SPREAD, BANDS))
