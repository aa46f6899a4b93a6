"""Which spins are solved together: small cores, and the spins outside that split their lines.

A core grows from a spin k: the spin joins whose flips mix most with those of the core, by the product of
|J|/(|D| + |J|) along its path from k (D the difference of offsets, the ratio 0 between different isotopes and inside a
group of equivalent spins, whose couplings M does not see), ties by index. Couplings to spins outside are kept as
splittings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import comb, tau

import numpy as np

from harness.tasks.spins.systems import SpinSystem

MOST_SPLITTING = 6
"""Outer spins whose states are enumerated; weaker ones act on their own neighbour only."""
NEGLIGIBLE_HZ = 1e-6


@dataclass(frozen=True)
class Core:
    """``members`` ascending, ``centres`` those whose signals it gives, ``splitting`` the outer spins that it sees."""

    members: tuple[int, ...]
    centres: tuple[int, ...]
    splitting: tuple[int, ...]

    def further(self, system: SpinSystem, centre: int) -> list[int]:
        """Outer spins that are coupled to ``centre`` and not enumerated."""
        seen = {*self.members, *self.splitting}
        return [j for j in np.flatnonzero(system.couplings_hz[centre]).tolist() if j not in seen]


def cores(system: SpinSystem, size: int) -> list[Core]:
    """The core of every observed spin, equal ones once."""
    strengths = _strengths(system)
    found: dict[tuple[int, ...], list[int]] = {}
    for k in system.observed_spins:
        found.setdefault(_grown(k, size, strengths), []).append(k)
    return [Core(members, tuple(centres), _splitting(system, members)) for members, centres in found.items()]


def configurations(system: SpinSystem, core: Core) -> tuple[np.ndarray, np.ndarray]:
    """(C, members) shifts in rad/s that the states of the splitting spins make, and their (C,) probabilities.

    Spins with the same couplings to the core count together: n of them have n + 1 sums, with binomial weights.
    """
    columns: dict[tuple[float, ...], int] = {}
    for outer in core.splitting:
        key = tuple(system.couplings_hz[list(core.members), outer].tolist())
        columns[key] = columns.get(key, 0) + 1
    shifts, weights = [], []
    for choice in product(*(range(count + 1) for count in columns.values())):
        weight, shift = 1.0, np.zeros(len(core.members))
        for (couplings, count), up in zip(columns.items(), choice, strict=True):
            weight *= comb(count, up) / 2.0**count
            shift += tau * np.array(couplings) * (up - count / 2)
        shifts.append(shift)
        weights.append(weight)
    return np.array(shifts), np.array(weights)


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
            j: max(product_ * strengths[i, j] for i, product_ in reach.items())
            for j in range(len(strengths))
            if j not in reach
        }
        best = max(offers, key=lambda j: (offers[j], -j), default=None)
        if best is None or offers[best] == 0.0:
            break
        reach[best] = offers[best]
    return tuple(sorted(reach))


def _splitting(system: SpinSystem, members: tuple[int, ...]) -> tuple[int, ...]:
    """The outer spins with the largest couplings to a member, ties by index."""
    largest = np.abs(system.couplings_hz[list(members)]).max(axis=0)
    outer = [j for j in np.flatnonzero(largest > NEGLIGIBLE_HZ).tolist() if j not in members]
    return tuple(sorted(sorted(outer, key=lambda j: (-largest[j], j))[:MOST_SPLITTING]))
