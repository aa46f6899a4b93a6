"""Which spins are solved together: small cores, and the spins outside that split their lines.

A core grows from a spin k: the spin joins whose flips mix most with those of the core, by the product of
|J|/(|D| + |J|) along its path from k (D the difference of offsets, the ratio 0 between different isotopes and inside a
group of equivalent spins, whose couplings M does not see), ties by index. Spins outside that are coupled to it are
frozen: they are in their unit state or in I_z, and never flip.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from harness.tasks.spins.relaxation.states import LONGITUDINAL, UNIT, ProductStates
from harness.tasks.spins.systems import SpinSystem

MOST_FROZEN = 6
"""Frozen spins of a core; weaker ones act on their own neighbour only."""


@dataclass(frozen=True)
class Core:
    """``flipping`` spins, the ``frozen`` ones around them, both ascending; ``centres``: those whose signals it gives."""

    flipping: tuple[int, ...]
    frozen: tuple[int, ...]
    centres: tuple[int, ...]

    @property
    def members(self) -> tuple[int, ...]:
        """All of its spins, ascending."""
        return tuple(sorted(self.flipping + self.frozen))

    def states(self, system: SpinSystem) -> ProductStates:
        """The states of coherence order 1 of its members, a column for each."""
        inner = ProductStates.of_orders(system.subsystem(self.flipping), {system.observed: 1}).numbers
        outer = np.array(list(product((UNIT, LONGITUDINAL), repeat=len(self.frozen))), np.int8)
        numbers = np.hstack([np.repeat(inner, len(outer), axis=0), np.tile(outer, (len(inner), 1))])
        made = ProductStates(numbers[:, np.argsort(self.flipping + self.frozen)])
        return ProductStates(made.numbers[np.argsort(made.codes)])

    def further(self, system: SpinSystem, centre: int) -> list[int]:
        """Spins that are coupled to ``centre`` and not among its members."""
        return [j for j in np.flatnonzero(system.couplings_hz[centre]).tolist() if j not in self.members]


def cores(system: SpinSystem, size: int) -> list[Core]:
    """The core of every observed spin, equal ones once."""
    strengths = _strengths(system)
    found: dict[tuple[int, ...], list[int]] = {}
    for k in system.observed_spins:
        found.setdefault(_grown(k, size, strengths), []).append(k)
    return [Core(flipping, _frozen(system, flipping), tuple(centres)) for flipping, centres in found.items()]


def _strengths(system: SpinSystem) -> np.ndarray:
    """(N, N) |J|/(|D| + |J|); 0 for no coupling, different isotopes and equivalent spins."""
    j = np.abs(system.couplings_hz)
    d = np.abs(system.offsets_hz[:, None] - system.offsets_hz[None, :])
    found = np.divide(j, d + j, out=np.zeros_like(j), where=(j > 0) & system.same_isotope)
    for group in system.equivalent_groups():
        found[np.ix_(group, group)] = 0.0
    return found


def _grown(first: int, size: int, strengths: np.ndarray) -> tuple[int, ...]:
    reach = {first: 1.0}
    while len(reach) < size:
        offers = {
            j: max(along * strengths[i, j] for i, along in reach.items())
            for j in range(len(strengths))
            if j not in reach
        }
        best = max(offers, key=lambda j: (offers[j], -j), default=None)
        if best is None or offers[best] == 0.0:
            break
        reach[best] = offers[best]
    return tuple(sorted(reach))


def _frozen(system: SpinSystem, flipping: tuple[int, ...]) -> tuple[int, ...]:
    """The outer spins with the largest couplings to the core, ties by index."""
    largest = np.abs(system.couplings_hz[list(flipping)]).max(axis=0)
    outer = [j for j in np.flatnonzero(largest).tolist() if j not in flipping]
    return tuple(sorted(sorted(outer, key=lambda j: (-largest[j], j))[:MOST_FROZEN]))
