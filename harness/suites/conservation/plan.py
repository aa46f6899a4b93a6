"""The plan that a task gives to the suite of conservation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.report.records import Exclusion
from harness.subjects import Subject
from harness.suites.asking import Truths
from harness.suites.baseline import Control, planned_controls
from harness.suites.conservation.laws import AnyLaw, undetermined
from harness.suites.conservation.methods import States
from harness.suites.planned import Number, PlannedTest
from harness.task import Grid, Population


def no_controls(plan: Plan, truths: Truths) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


@dataclass(frozen=True)
class Plan:
    """Populations, the grids on which they are computed, and the laws that answers obey.

    Parameters
    ----------
    populations, cases, seed
        ``cases`` systems of every population. Their own grids do not matter here.
    grids
        A long grid first, because conserved quantities drift slowly. Others may be those of the training data.
    laws
        What every correct answer obeys.
    states
        What the internal states of the task's methods conserve, None where they have no such state.
    more
        Observables that are computed where the subject's model offers them; a mapping to words for people. Their
        errors are recorded, because sums can be correct by symmetry alone.
    symbols
        Plain text in the names of laws → the notation of print, for the figure.
    truths
        Makes the reference for the observables in ``more``.
    controls
        (plan, truths) → subjects that must fail.
    files
        Names of the document, and of the figures of the states and of the laws.
    """

    populations: tuple[Population, ...]
    cases: int
    grids: tuple[Grid, ...]
    laws: tuple[AnyLaw, ...]
    truths: Callable[[], Truths]
    states: States | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    controls: Callable[[Plan, Truths], Sequence[Control]] = no_controls
    seed: int = 30
    files: tuple[str, str, str] = ("conservation", "states", "laws")

    def targets(self) -> dict[str, str]:
        """Law → name of its target, of the laws that have one."""
        return {law.name: law.target for law in self.laws if law.target}


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    grids = len(plan.grids)
    laws = tuple(Number(law.target, grids, frozenset(law.needs)) for law in plan.laws if law.target)
    tests = [PlannedTest("", "test_laws", laws)]
    if plan.states is not None:
        met = [Number(target, count) for target, count, _ in plan.states.count if count]
        missed = [Number(target, count, expected="miss") for target, _, count in plan.states.count if count]
        tests.append(PlannedTest("", "test_states", (*met, *missed)))
    return (*tests, *planned_controls(plan.controls(plan, plan.truths())))


def excluded(suite: str, plan: Plan, subject: Subject) -> tuple[Exclusion, ...]:
    """The laws that the outputs of ``subject`` do not determine."""
    return tuple(Exclusion(suite, what, why) for what, why in undetermined(plan.laws, subject).items())
