"""The graphs, sizes and targets of the suite topology in every tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.task import Tier

RING_FADES = 20
"""Number of spins up to which the error of every local method grows by more than 10 % from a chain to a ring, because a
ring has no ends, where the error is small: docs/spin-graph.md."""


@dataclass(frozen=True)
class Plan:
    """Sizes, cases per topology and size, the seed, and seconds per topology and size.

    ``beyond``: larger sizes, which only surrogates compute (a simulator may take hours), and only for chains and rings.
    The larger the size, the smaller is the effect of the two ends of a chain.
    """

    spins: tuple[int, ...]
    cases: int
    seed: int = 40
    budget_s: float = 30.0
    beyond: tuple[int, ...] = ()


PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan((6,), 200, budget_s=10.0),
    "nightly": Plan((6, 8), 200, budget_s=90.0, beyond=(20, 40)),
    "full": Plan((6, 8, 10), 400, budget_s=600.0, beyond=(16, 20, 40)),
}


def relative_target(spins: int) -> str:
    """The target of the relative increase on rings. The increase that a ring causes for every method becomes smaller
    beyond 20 spins."""
    if spins < RING_FADES:
        return "ring_relative_increase_below_20"
    return "ring_relative_increase_at_20" if spins == RING_FADES else "ring_relative_increase_beyond_20"
