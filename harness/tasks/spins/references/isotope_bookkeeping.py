"""What depends only on the isotopes of a system: bookkeeping that is stored and used again for the next system.

The z-blocks, where each element of H is, and the raising operators between blocks as dense matrices.
:func:`bookkeeping_of` gives them for systems of up to about a dozen spins; what is computed from them is stacked over
systems.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import pi, tau

import numpy as np

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.zblocks import ZBlocks

ALL = -1
"""In place of a spin: M, the mean of the signals of all observed spins, without making each of them."""

KEPT_SPINS = 10
"""Largest N whose bookkeeping is stored: a few MB each."""

Which = np.ndarray | slice
"""Systems of a stack: numbers, or all of them in order as a slice, which copies nothing."""

Weights = tuple[slice, slice, np.ndarray]
"""States a, states b, and the weights (rows, a, b) of exp(i(E_a - E_b)t)."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two blocks that I_+ joins.

    ``total`` is F = Σ I_k+ over the observed spins, (d_upper, d_lower); ``ones`` maps each of these spins to the places
    of I_k+ in the flattened matrix.
    """

    upper: int
    lower: int
    total: np.ndarray
    ones: dict[int, np.ndarray]

    def each(self, spins: list[int]) -> np.ndarray:
        """(len(spins), d_upper, d_lower): I_k+ of each spin, zero if it is not observed, F for ``ALL``."""
        made: dict[int, np.ndarray] = {ALL: self.total}
        for k in set(spins) - {ALL}:
            made[k] = np.zeros(self.total.shape)
            made[k].flat[self.ones.get(k, ())] = 1
        return np.stack([made[k] for k in spins])


@dataclass(frozen=True, eq=False)
class IsotopeBookkeeping:
    """What all systems with the same isotopes in the same order have in common; states are sorted by block.

    Parameters
    ----------
    observed_spins
        Their indices.
    blocks, first, last
        The states of each block, and the first and the last of them.
    pairs, upper, lower
        Blocks that I_+ joins, and their numbers. The upper ones are the first blocks.
    z, up
        (N, 2^N) eigenvalues of every I_kz, and (2^N,) their sum over the observed spins.
    edges
        All i < j.
    diagonal
        (N + edges, 2^N): H_aa for unit offsets in rad/s and couplings πJ.
    matrices
        Where each block of H is among the elements of all of them, one after the other.
    on_diagonal, off_diagonal, flipped
        Among these elements: those on the diagonal; the others that can differ from zero, and by which edge.
    """

    observed_spins: tuple[int, ...]
    blocks: list[slice]
    first: np.ndarray
    last: np.ndarray
    pairs: list[Pair]
    upper: np.ndarray
    lower: np.ndarray
    z: np.ndarray
    up: np.ndarray
    edges: tuple[np.ndarray, np.ndarray]
    diagonal: np.ndarray
    matrices: list[slice]
    on_diagonal: np.ndarray
    off_diagonal: np.ndarray
    flipped: np.ndarray

    def eigen(self, systems: Sequence[SpinSystem]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Energies (B, 2^N) in rad/s, ascending in every block, and the eigenvectors (B, d, d) of each block."""
        offsets = tau * np.stack([s.offsets_hz for s in systems])
        strengths = pi * np.stack([s.couplings_hz[self.edges] for s in systems])
        energies = np.concatenate([offsets, strengths], axis=1) @ self.diagonal
        h = np.zeros((len(systems), self.matrices[-1].stop))
        h[:, self.on_diagonal] = energies
        h[:, self.off_diagonal] = strengths[:, self.flipped]
        vectors = []
        for rows, elements in zip(self.blocks, self.matrices, strict=True):
            size = rows.stop - rows.start
            energies[:, rows], block = np.linalg.eigh(h[:, elements].reshape(-1, size, size))
            vectors.append(block)
        return energies, vectors

    def lines(self, energies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest frequency at which M can have a line, (B,) each."""
        first, last = energies[:, self.first], energies[:, self.last]
        lowest = first[:, self.upper] - last[:, self.lower]
        highest = last[:, self.upper] - first[:, self.lower]
        return lowest.min(axis=1), highest.max(axis=1)

    def spread(self, energies: np.ndarray) -> float:
        """Largest difference of two energies of one block."""
        return float(np.max(energies[:, self.last] - energies[:, self.first]))

    def transverse(self, vectors: list[np.ndarray], which: Which, spins: list[int]) -> Iterator[Weights]:
        """F_ab (I_k+)_ab of every pair of blocks for the systems ``which`` and their ``spins``, from eigenvectors."""
        for pair in self.pairs:
            left, right = vectors[pair.upper].transpose(0, 2, 1), vectors[pair.lower]
            weights = left @ pair.total @ right
            if any(k != ALL for k in spins):
                weights = weights[which] * (left[which] @ pair.each(spins) @ right[which])
            else:
                weights = np.square(weights, out=weights)[which]
            yield self.blocks[pair.upper], self.blocks[pair.lower], weights

    def longitudinal(self, vectors: list[np.ndarray], which: Which, spins: list[int]) -> Iterator[Weights]:
        """(I_kz)_ab² of every block, likewise."""
        z = self.z[spins]
        for rows, stack in zip(self.blocks, vectors, strict=True):
            block = stack[which]
            inside = block.transpose(0, 2, 1) @ (z[:, rows, None] * block)
            yield rows, rows, np.square(inside, out=inside)


def bookkeeping_of(isotopes: tuple[str, ...], observed: str) -> IsotopeBookkeeping:
    """The bookkeeping of all systems with these isotopes, from memory if it was used lately."""
    return _retained(isotopes, observed) if len(isotopes) <= KEPT_SPINS else _made(isotopes, observed)


@lru_cache(maxsize=8)
def _retained(isotopes: tuple[str, ...], observed: str) -> IsotopeBookkeeping:
    return _made(isotopes, observed)


def _made(isotopes: tuple[str, ...], observed: str) -> IsotopeBookkeeping:
    n = len(isotopes)
    system = SpinSystem(np.zeros(n), np.zeros((n, n)), isotopes=isotopes, observed=observed)
    blocks = ZBlocks(system)
    order, place = np.concatenate(blocks.states), blocks.place
    sizes = np.array([len(states) for states in blocks.states])
    bits = np.array([blocks.bit(k) for k in range(n)])
    z = np.where(order & bits[:, None], -0.5, 0.5)
    one, two = np.triu_indices(n, 1)
    starts = np.concatenate([[0], np.cumsum(sizes**2)])  # of the blocks of H
    row = np.repeat(starts[:-1], sizes) + place[order] * np.repeat(sizes, sizes)  # where the row of each state starts
    flipped, state = np.nonzero((z[one] != z[two]) & system.same_isotope[one, two][:, None])
    partner = order[state] ^ (bits[one] | bits[two])[flipped]
    pairs = []
    for upper, lower in blocks.pairs():
        states, ones = blocks.states[lower], {}
        total = np.zeros((sizes[upper], sizes[lower]))
        for k in system.observed_spins:
            down = np.flatnonzero(states & bits[k])
            ones[k] = np.ravel_multi_index((place[states[down] ^ bits[k]], down), total.shape)
            total.flat[ones[k]] = 1
        pairs.append(Pair(upper, lower, total, ones))
    last = np.cumsum(sizes) - 1
    return IsotopeBookkeeping(
        observed_spins=system.observed_spins,
        blocks=_slices(sizes),
        first=last - sizes + 1,
        last=last,
        pairs=pairs,
        upper=np.array([pair.upper for pair in pairs]),
        lower=np.array([pair.lower for pair in pairs]),
        z=z,
        up=z[list(system.observed_spins)].sum(axis=0),
        edges=(one, two),
        diagonal=np.concatenate([z, 2 * z[one] * z[two]]),
        matrices=_slices(sizes**2),
        on_diagonal=row + place[order],
        off_diagonal=row[state] + place[partner],
        flipped=flipped,
    )


def _slices(sizes: np.ndarray) -> list[slice]:
    """Consecutive slices of these sizes."""
    stops = np.cumsum(sizes).tolist()
    return [slice(start, stop) for start, stop in zip([0, *stops], stops, strict=False)]
