"""What a plan gives to a suite besides populations and metrics: a baseline, and subjects that must fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.suites.asking import Claim
from harness.suites.planned import Number, PlannedTest
from harness.suites.running import worst_claim
from harness.task import Signals


@dataclass(frozen=True)
class Baseline:
    """A method without training that every subject has to beat.

    ``key`` names its columns in tables, ``label`` is for people, ``ratio`` is the name in records of the mean error of
    the subject divided by that of the baseline.
    """

    key: str
    label: str
    predict: Callable[[Sequence[Any], Any], Sequence[Signals]]
    ratio: str


@dataclass(frozen=True)
class Control:
    """A subject that must miss ``targets``: ``claims`` measures it when it is called.

    Of several claims with one target, the one with the largest value is judged; for the targets in ``lowest``, the one
    with the smallest value.
    """

    name: str
    targets: tuple[str, ...]
    claims: Callable[[], Sequence[Claim]]
    lowest: tuple[str, ...] = ()

    def missed(self) -> list[Claim]:
        """One claim for each target."""
        found = self.claims()
        return [worst_claim(found, target, target in self.lowest) for target in self.targets]


def planned_controls(controls: Sequence[Control]) -> tuple[PlannedTest, ...]:
    """The test of the controls of a plan, which runs all of them; none where there are none."""
    numbers = tuple(Number(target, expected="miss") for control in controls for target in control.targets)
    return (PlannedTest("", "test_controls", numbers),) if numbers else ()
