"""Plans that are made anew for each run, so that nothing can have been tuned on the systems that they draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawn:
    """The plan of a suite whose systems come from the seed of the run (``--fresh-seed``): ``make`` (seed) → plan.

    What is counted, its pages and its targets must be the same for every seed.
    """

    make: Callable[[int], Any]


def plan_at(plan: Any, seed: int = 0) -> Any:
    """The plan of a run with this seed; one that is not :class:`Drawn` is the same in every run."""
    return plan.make(seed) if isinstance(plan, Drawn) else plan
