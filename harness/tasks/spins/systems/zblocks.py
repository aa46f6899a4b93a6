"""Blocks of the Hamiltonian at fixed z-projection of each isotope.

Product states are numbered by bits: bit N-1-k of the index is 0 for spin k up (m = +1/2), so that index 0 is all up and
the order is that of the Kronecker product. H conserves the number of spins down of every isotope separately; in each
block it is real and symmetric. The observed I_+ = Σ I_k+ joins a block to the one with one observed spin down less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import pi, tau

import numpy as np
from scipy.sparse import csr_array

from harness.tasks.spins.systems.system import SpinSystem


@dataclass(frozen=True, eq=False)
class ZBlocks:
    """Bookkeeping of the blocks of one system.

    ``states[b]`` holds the ascending state numbers of block ``b``; ``downs[b]`` the number of spins down per isotope
    (in the order of ``isotope_names``).
    """

    system: SpinSystem

    @cached_property
    def isotope_names(self) -> tuple[str, ...]:
        """Isotopes of the system, each once, the observed one first."""
        rest = [i for i in dict.fromkeys(self.system.isotopes) if i != self.system.observed]
        return (self.system.observed, *rest)

    @cached_property
    def _sorted(self) -> tuple[list[np.ndarray], list[tuple[int, ...]], np.ndarray]:
        n = len(self.system)
        index = np.arange(1 << n)
        downs: list[np.ndarray] = []
        for isotope in self.isotope_names:
            mask = sum(1 << (n - 1 - k) for k, i in enumerate(self.system.isotopes) if i == isotope)
            downs.append(np.bitwise_count(np.bitwise_and(index, mask)).astype(np.int64))
        code = np.asarray(np.ravel_multi_index(tuple(downs), (n + 1,) * len(downs)))
        order = np.argsort(code, kind="stable")
        values, starts = np.unique(code[order], return_index=True)
        states = np.split(order, np.asarray(starts)[1:])
        place = np.empty(1 << n, dtype=np.int64)
        for block in states:
            place[block] = np.arange(len(block))
        counts = np.unravel_index(values, (n + 1,) * len(downs))
        return states, [tuple(int(c[b]) for c in counts) for b in range(len(values))], place

    @property
    def states(self) -> list[np.ndarray]:
        """State numbers of every block."""
        return self._sorted[0]

    @property
    def downs(self) -> list[tuple[int, ...]]:
        """Spins down per isotope of every block."""
        return self._sorted[1]

    @property
    def place(self) -> np.ndarray:
        """(2^N,) position of each state inside its block."""
        return self._sorted[2]

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs (upper, lower) of blocks that the observed I_+ joins: it takes ``lower`` to ``upper``."""
        number = {down: b for b, down in enumerate(self.downs)}
        joined = []
        for b, down in enumerate(self.downs):
            below = (down[0] + 1, *down[1:])
            if below in number:
                joined.append((b, number[below]))
        return joined

    def bit(self, spin: int) -> int:
        """The bit of ``spin`` in a state number."""
        return 1 << (len(self.system) - 1 - spin)

    def z(self, spin: int, states: np.ndarray) -> np.ndarray:
        """Eigenvalues ±1/2 of I_kz in the given product states."""
        return np.where(states & self.bit(spin), -0.5, 0.5)

    def hamiltonian(self, block: int) -> csr_array:
        """H of one block in rad/s: sparse, real, symmetric, (d, d)."""
        system, states = self.system, self.states[block]
        same = system.same_isotope
        z = np.stack([self.z(k, states) for k in range(len(system))])
        coupled = np.einsum("ia,ij,ja->a", z, system.couplings_hz, z, optimize=True)
        diagonal = tau * (system.offsets_hz @ z) + pi * coupled
        rows, columns, values = [np.arange(len(states))], [np.arange(len(states))], [diagonal]
        for i, j in np.argwhere(np.triu(same & (system.couplings_hz != 0))):
            flip = self.bit(i) | self.bit(j)
            antiparallel = np.flatnonzero(z[i] != z[j])
            rows.append(antiparallel)
            columns.append(self.place[states[antiparallel] ^ flip])
            values.append(np.full(len(antiparallel), pi * system.couplings_hz[i, j]))
        shape = (len(states), len(states))
        return csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)

    def raising(self, upper: int, lower: int, spins: tuple[int, ...]) -> csr_array:
        """Σ_k I_k+ over ``spins`` as a sparse matrix from block ``lower`` to block ``upper``."""
        states = self.states[lower]
        rows, columns = [], []
        for k in spins:
            down = np.flatnonzero(states & self.bit(k))
            columns.append(down)
            rows.append(self.place[states[down] ^ self.bit(k)])
        row, column = np.concatenate(rows), np.concatenate(columns)
        return csr_array((np.ones(len(row)), (row, column)), shape=(len(self.states[upper]), len(states)))
