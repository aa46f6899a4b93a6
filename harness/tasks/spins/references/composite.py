"""z-blocks of a system whose equivalent spins are taken as composite spins.

For every choice of one total spin S_g of each group g (:mod:`harness.tasks.spins.systems.equivalence`),

    H = Σ_g Ω_g S_gz + 2π Σ_{g<h} J_gh C_gh,      C_gh = S_g·S_h for one isotope, S_gz S_hz for two,

is block-diagonal in the total z-projection of each isotope, and counts Π_g multiplicity(n_g, S_g) times. For a group
of one spin S_g = 1/2, so that a system without equivalent spins has one choice and the blocks of
:mod:`harness.tasks.spins.systems.zblocks`. Couplings inside a group are left out: no observable of other spins depends
on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import pi, prod, tau

import numpy as np
from scipy.sparse import csr_array

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.equivalence import multiplicity

Groups = Sequence[tuple[int, ...]]
Elements = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rows, columns and values of a sparse matrix, (n,) each."""


@dataclass(frozen=True, eq=False)
class Composite:
    """One choice of total spins.

    Parameters
    ----------
    system, groups
        The system, and equivalent groups of its spins: all of them, or those of a part that no coupling joins to the
        rest.
    doubled
        (G,) 2S of each group.
    times
        How often this choice is there.
    """

    system: SpinSystem
    groups: Groups
    doubled: tuple[int, ...]
    times: int

    @cached_property
    def _heads(self) -> list[int]:
        """One spin of each group: all have its offset, isotope and couplings to the others."""
        return [group[0] for group in self.groups]

    @cached_property
    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        """(G, D) steps k = S - m of every group in every state, and (G,) what one step is in the state's number."""
        sizes = [d + 1 for d in self.doubled]
        steps = np.stack(np.unravel_index(np.arange(prod(sizes)), sizes))
        strides = np.array([prod(sizes[g + 1 :]) for g in range(len(sizes))])
        return steps, strides

    @cached_property
    def _sorted(self) -> tuple[list[np.ndarray], list[tuple[int, ...]], np.ndarray]:
        steps, _ = self._places
        isotopes = [self.system.isotopes[k] for k in self._heads]
        names = [self.system.observed, *dict.fromkeys(i for i in isotopes if i != self.system.observed)]
        downs = np.stack([steps[[i == name for i in isotopes]].sum(axis=0) for name in names])
        code = np.asarray(np.ravel_multi_index(tuple(downs), tuple(downs.max(axis=1) + 2)))
        order = np.argsort(code, kind="stable")
        _, starts = np.unique(code[order], return_index=True)
        states = np.split(order, np.asarray(starts)[1:])
        place = np.empty(steps.shape[1], dtype=np.int64)
        for block in states:
            place[block] = np.arange(len(block))
        return states, [tuple(int(d) for d in downs[:, block[0]]) for block in states], place

    @property
    def states(self) -> list[np.ndarray]:
        """State numbers of every block."""
        return self._sorted[0]

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs (upper, lower) of blocks that the observed S_+ joins, such that a chain of pairs follows itself."""
        downs = self._sorted[1]
        number = {down: b for b, down in enumerate(downs)}
        there = [(b, number.get((down[0] + 1, *down[1:]))) for b, down in enumerate(downs)]
        joined = [(b, below) for b, below in there if below is not None]
        return sorted(joined, key=lambda pair: (downs[pair[0]][1:], downs[pair[0]][0]))

    def projection(self, group: int, block: int) -> np.ndarray:
        """(d,) eigenvalues m of S_gz in the states of a block."""
        return self.doubled[group] / 2 - self._places[0][group, self.states[block]]

    @cached_property
    def _block_of(self) -> np.ndarray:
        """(D,) the block of every state."""
        found = np.empty(self._places[0].shape[1], dtype=np.int64)
        for number, states in enumerate(self.states):
            found[states] = number
        return found

    @cached_property
    def _diagonal(self) -> np.ndarray:
        """(D,) diagonal of H in rad/s."""
        m = np.array(self.doubled)[:, None] / 2 - self._places[0]
        couplings = self.system.couplings_hz[np.ix_(self._heads, self._heads)]
        return tau * (self.system.offsets_hz[self._heads] @ m) + pi * np.sum((couplings @ m) * m, axis=0)

    @cached_property
    def _flips(self) -> list[Elements]:
        """Of every block, the elements of all S_g- S_h+ (g < h) of H in rad/s; the others are their transposes."""
        system, heads = self.system, self._heads
        couplings = system.couplings_hz[np.ix_(heads, heads)]
        found = []
        for g, h in np.argwhere(np.triu(system.same_isotope[np.ix_(heads, heads)] & (couplings != 0), 1)):
            rows, columns, flips = self._flips_of(g, h)
            found.append((rows, columns, pi * couplings[g, h] * flips))
        return self._by_block(found)

    def _flips_of(self, g: int, h: int) -> Elements:
        """The elements of S_g- S_h+: one step more of g, one less of h."""
        steps, strides = self._places
        can = np.flatnonzero((steps[g] < self.doubled[g]) & (steps[h] > 0))
        flips = _lower(self.doubled[g], steps[g, can]) * _raise(self.doubled[h], steps[h, can])
        return can + strides[g] - strides[h], can, flips

    def _by_block(self, found: Sequence[Elements]) -> list[Elements]:
        """Elements between numbered states as elements of blocks, by the block of their column and then by row."""
        blocks = len(self.states)
        if not found:
            return [(np.zeros(0, int), np.zeros(0, int), np.zeros(0))] * blocks
        rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
        place, number = self._sorted[2], self._block_of[columns]
        order = np.lexsort((place[rows], number))
        parts = (place[rows][order], place[columns][order], values[order])
        ends = np.searchsorted(number[order], np.arange(1, blocks))
        return list(zip(*(np.split(part, ends) for part in parts), strict=True))

    def hamiltonian(self, block: int) -> np.ndarray:
        """H of one block in rad/s: real, symmetric, (d, d)."""
        states = self.states[block]
        matrix = np.zeros((len(states), len(states)))
        np.fill_diagonal(matrix, self._diagonal[states])
        # No two pairs of groups join the same two states.
        rows, columns, values = self._flips[block]
        matrix[rows, columns] = values
        matrix[columns, rows] = values
        return matrix

    def coupling_operators(self, g: int, h: int) -> list[np.ndarray]:
        """2π C_gh of every block, (d, d): how H changes with J_gh, in rad/s by Hz."""
        same = bool(self.system.same_isotope[self._heads[g], self._heads[h]])
        flips = self._by_block([self._flips_of(g, h)] if same else [])
        found = []
        for block, (rows, columns, values) in enumerate(flips):
            matrix = np.diag(tau * self.projection(g, block) * self.projection(h, block))
            matrix[rows, columns] = pi * values
            matrix[columns, rows] = pi * values
            found.append(matrix)
        return found

    def raising(self, groups: Sequence[int], upper: int, lower: int) -> csr_array:
        """Σ S_g+ over ``groups`` of one isotope from block ``lower`` to block ``upper``, (d_upper, d_lower), sparse."""
        rows, columns, values = self._raised(tuple(groups))[lower]
        height = len(self.states[upper])
        starts = np.searchsorted(rows, np.arange(height + 1))
        return csr_array((values, columns, starts), shape=(height, len(self.states[lower])))

    def _raised(self, groups: tuple[int, ...]) -> list[Elements]:
        """Of every block, the elements of Σ S_g+ with their columns in it."""
        if groups not in self._raisings:
            steps, strides = self._places
            found = []
            for g in groups:
                can = np.flatnonzero(steps[g] > 0)
                found.append((can - strides[g], can, _raise(self.doubled[g], steps[g, can])))
            self._raisings[groups] = self._by_block(found)
        return self._raisings[groups]

    @cached_property
    def _raisings(self) -> dict[tuple[int, ...], list[Elements]]:
        return {}


def composites(system: SpinSystem, groups: Groups) -> Iterator[Composite]:
    """Every choice of total spins, the largest first."""
    for doubled in product(*(range(len(group), -1, -2) for group in groups)):
        times = prod(multiplicity(len(group), d / 2) for group, d in zip(groups, doubled, strict=True))
        yield Composite(system, groups, doubled, times)


def block_sizes(system: SpinSystem, groups: Groups) -> Iterator[np.ndarray]:
    """Sizes of the blocks of every choice of total spins, without making any state."""
    isotopes = tuple(dict.fromkeys(system.isotopes))
    for doubled in product(*(range(len(group), -1, -2) for group in groups)):
        sizes = np.ones(1)
        for isotope in isotopes:
            states = np.ones(1)
            for group, d in zip(groups, doubled, strict=True):
                if system.isotopes[group[0]] == isotope:
                    states = np.convolve(states, np.ones(d + 1))
            sizes = np.outer(sizes, states).ravel()
        yield sizes


def largest_block(system: SpinSystem, groups: Groups) -> int:
    """Size of the largest block of the largest choice, without making any state: products of polynomials count it."""
    largest = 1
    for isotope in dict.fromkeys(system.isotopes):
        states = np.ones(1)
        for group in groups:
            if system.isotopes[group[0]] == isotope:
                states = np.convolve(states, np.ones(len(group) + 1))
        largest *= int(states.max())
    return largest


def _raise(doubled: int, steps: np.ndarray) -> np.ndarray:
    """⟨k-1|S_+|k⟩ = √(k (2S - k + 1)) for k = S - m."""
    return np.sqrt(steps * (doubled - steps + 1.0))


def _lower(doubled: int, steps: np.ndarray) -> np.ndarray:
    """⟨k+1|S_-|k⟩ = √((k + 1)(2S - k))."""
    return np.sqrt((steps + 1.0) * (doubled - steps))
