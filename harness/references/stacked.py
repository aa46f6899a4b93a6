"""Exact propagation of many small systems of one make-up at once.

Systems with the same isotopes in the same order share their z-blocks (:mod:`harness.spins.zblocks`), so that each block
of all of them is one stack of matrices: one call diagonalises the stack, and the double sum of
:mod:`harness.references.exact` becomes a stacked product. Exact to rounding; faster than one by one up to about
8 spins.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, tau

import numpy as np

from harness.references.pairs import Buffers
from harness.spins import SpinSystem, TimeGrid
from harness.spins.phases import phases
from harness.spins.zblocks import ZBlocks

Rows = Sequence[tuple[int, int]]
"""Pairs (number of the system in the stack, spin in it)."""

KEPT_BYTES = 1 << 25
"""Work arrays up to this size are kept for the next call; larger ones cost little beside what is done in them."""

ALL = -1
"""In place of a spin: M, the mean of the signals of all observed spins, without making each of them."""


def stacked_exact(
    systems: Sequence[SpinSystem],
    grid: TimeGrid,
    signal_rows: Rows,
    polarisation_rows: Rows,
    buffers: Buffers | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Spin signals and polarisations of systems that have the same isotopes in the same order.

    Parameters
    ----------
    systems
        Couplings may differ in value and in graph.
    grid
        T points.
    signal_rows
        Whose signals are wanted: Tr(I_k+ ρ(t))/Tr(I_k+ I_kx) from ρ0 = Σ I_x over the observed spins of that system;
        a spin ``ALL`` asks for M.
    polarisation_rows
        Whose polarisations are wanted: Tr(I_kz ρ(t))/Tr(I_kz²) from ρ0 = I_kz of the same spin.
    buffers
        Work arrays to take from and give back to, so that repeated calls touch the same memory.

    Returns
    -------
    tuple
        (len(signal_rows), T) complex128 and (len(polarisation_rows), T) float64.
    """
    template = systems[0]
    n = len(template)
    if any(s.isotopes != template.isotopes or s.observed != template.observed for s in systems):
        raise ValueError("stacked systems must have the same isotopes in the same order")
    buffers = [] if buffers is None else buffers
    stack = _Stack(ZBlocks(template), systems, grid, buffers)
    which, spin = np.reshape(np.array(signal_rows, dtype=np.intp), (-1, 2)).T
    which_z, spin_z = np.reshape(np.array(polarisation_rows, dtype=np.intp), (-1, 2)).T
    signals = np.zeros((len(which), grid.points), complex)
    polarisations = np.zeros((len(which_z), grid.points))
    blocks = stack.blocks
    below = dict(blocks.pairs()) if len(which) else {}
    singles = np.any(spin != ALL)
    weight = np.where(spin == ALL, len(template.observed_spins), 1) * 2.0 ** (n - 1)
    eigen: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for b in sorted(range(len(blocks.states)), key=lambda b: (blocks.downs[b][1:], blocks.downs[b][0])):
        vectors, upper = eigen.pop(b) if b in eigen else stack.eigen(b)
        left = vectors.transpose(0, 2, 1)
        if len(which_z):
            z = stack.z(b)[spin_z]
            inner = left[which_z] @ (z[:, :, None] * vectors[which_z])
            mine = stack.rows(upper, which_z)
            polarisations += np.real(stack.double_sum(inner * inner, mine, mine))
        if b not in below:
            continue
        vectors_l, lower = eigen[below[b]] = stack.eigen(below[b])
        total = left @ stack.raising(b, below[b], template.observed_spins) @ vectors_l
        one = total[which]
        if singles:
            every = [stack.raising(b, below[b], (k,) if k in template.observed_spins else ()) for k in range(n)]
            one = np.where((spin == ALL)[:, None, None], one, left[which] @ np.stack(every)[spin] @ vectors_l[which])
        signals += stack.double_sum(total[which] * one, stack.rows(upper, which), stack.rows(lower, which))
    if stack.memory.nbytes <= KEPT_BYTES:
        buffers.append(stack.memory)
    return signals / weight[:, None], polarisations / 2.0 ** (n - 2)


class _Stack:
    """Blocks of H, their eigensystems and the raising operators of systems of one make-up."""

    def __init__(self, blocks: ZBlocks, systems: Sequence[SpinSystem], grid: TimeGrid, buffers: Buffers) -> None:
        self.blocks = blocks
        # The phases of every block, then one product: page faults of fresh memory cost more than the numbers in it.
        largest = max(len(states) for states in blocks.states)
        needed = len(systems) * grid.points * (2 ** len(blocks.system) + largest)
        memory = buffers.pop() if buffers else np.empty(0, np.complex128)
        self.memory = memory if memory.size >= needed else np.empty(needed, np.complex128)
        self.used = 0
        self.grid = grid
        self.offsets = tau * np.stack([s.offsets_hz for s in systems])
        self.couplings = pi * np.stack([s.couplings_hz for s in systems])
        flips = np.triu(blocks.system.same_isotope & np.any(self.couplings != 0, axis=0), 1)
        one, two = np.nonzero(flips)
        bits = np.array([blocks.bit(k) for k in range(len(blocks.system))])
        self.bits, self.flips, self.ends = bits, bits[one] | bits[two], (one, two)
        self.strengths = self.couplings[:, one, two]
        self.every_z = np.where(np.arange(2 ** len(blocks.system)) & bits[:, None], -0.5, 0.5)

    def z(self, block: int) -> np.ndarray:
        """(N, d) eigenvalues of every I_kz."""
        return self.every_z[:, self.blocks.states[block]]

    def eigen(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvectors (B, d, d) and phases exp(iEt) (B, d, T) of one block of every system."""
        states, z = self.blocks.states[block], self.z(block)
        h = np.zeros((len(self.offsets), len(states), len(states)))
        diagonal = np.arange(len(states))
        h[:, diagonal, diagonal] = self.offsets @ z + np.sum(z * (self.couplings @ z), axis=1)
        edges, rows = np.nonzero(z[self.ends[0]] != z[self.ends[1]])
        h[:, rows, self.blocks.place[states[rows] ^ self.flips[edges]]] = self.strengths[:, edges]
        energies, vectors = np.linalg.eigh(h)
        shape = (*energies.shape, self.grid.points)
        size = energies.size * self.grid.points
        table = self.memory[self.used : self.used + size].reshape(shape)
        self.used += size
        return vectors, phases(energies, self.grid, out=table)

    def rows(self, table: np.ndarray, which: np.ndarray) -> np.ndarray:
        """``table[which]``, without a copy where that is the whole table."""
        return table if len(which) == len(table) and np.array_equal(which, np.arange(len(which))) else table[which]

    def double_sum(self, weights: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Σ_ac left_pat · weights_pac · conj(right_pct), (P, T)."""
        size = left.size
        fits = size <= len(self.memory) - self.used
        room = self.memory[len(self.memory) - size :] if fits else np.empty(size, np.complex128)
        product = room.reshape(left.shape)
        np.matmul(weights, right.view(np.float64), out=product.view(np.float64))
        return np.einsum("pat,pat->pt", left, np.conj(product, out=product))

    def raising(self, upper: int, lower: int, spins: Sequence[int]) -> np.ndarray:
        """Σ I_k+ over ``spins`` as a dense matrix, (d_upper, d_lower)."""
        states = self.blocks.states[lower]
        matrix = np.zeros((len(self.blocks.states[upper]), len(states)))
        bits = self.bits[list(spins)]
        which, down = np.nonzero(states & bits[:, None])
        matrix[self.blocks.place[states[down] ^ bits[which]], down] = 1
        return matrix
