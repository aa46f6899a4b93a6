"""Exact propagation of many small systems with the same isotopes at once.

Systems with the same isotopes in the same order share their z-blocks (:mod:`harness.tasks.spins.systems.zblocks`), so
that each block of all of them is one stack of matrices: one call diagonalises the stack, and the double sum of
:mod:`harness.tasks.spins.references.exact` becomes a stacked product. What depends only on the isotopes is computed
once and stored (:mod:`harness.tasks.spins.references.isotope_bookkeeping`). The double sum is made in the rotating
frame in the middle of the spectrum, and there only at the times that the width of the spectrum requires
(:mod:`harness.tasks.spins.systems.sampling`). Exact to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from harness.tasks.spins.references.isotope_bookkeeping import ALL, Weights, Which, bookkeeping_of
from harness.tasks.spins.references.pairs import Buffers
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.phases import phases
from harness.tasks.spins.systems.sampling import Sampling

Rows = Sequence[tuple[int, int]]
"""Pairs (number of the system in the stack, spin in it)."""

WORK_BYTES = 1 << 24
"""Phases and their products are made for so many times at once that they stay below this, and so in cache."""

FEWEST_POINTS, MOST_POINTS = 16, 200
"""Times made at once at least, for products of fewer columns are slow; and at most, for so are sums along columns
whose elements lie far apart."""


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
        a spin ``ALL`` stands for M.
    polarisation_rows
        Whose polarisations are wanted: Tr(I_kz ρ(t))/Tr(I_kz²) from ρ0 = I_kz of the same spin.
    buffers
        Work arrays to take from and give back to, so that repeated calls touch the same memory.

    Returns
    -------
    tuple
        (len(signal_rows), T) complex128 and (len(polarisation_rows), T) float64.
    """
    isotopes, observed = systems[0].isotopes, systems[0].observed
    if any(s.isotopes != isotopes or s.observed != observed for s in systems):
        raise ValueError("stacked systems must have the same isotopes in the same order")
    bookkeeping = bookkeeping_of(isotopes, observed)
    energies, vectors = bookkeeping.eigen(systems)
    which, spins = _which(signal_rows, len(systems))
    which_z, spins_z = _which(polarisation_rows, len(systems))
    centre, bandwidth = np.zeros(len(systems)), 0.0
    if spins:
        lowest, highest = bookkeeping.lines(energies)
        centre, bandwidth = (lowest + highest) / 2, float(np.max(highest - lowest)) / 2
        energies -= centre[:, None] * bookkeeping.up
    if spins_z:
        bandwidth = max(bandwidth, bookkeeping.spread(energies))
    sampling = Sampling.of(grid, bandwidth)
    nodes = sampling.nodes
    signals, polarisations = np.zeros((len(spins), nodes.points), complex), np.zeros((len(spins_z), nodes.points))
    transverse = list(bookkeeping.transverse(vectors, which, spins)) if spins else []
    longitudinal = list(bookkeeping.longitudinal(vectors, which_z, spins_z)) if spins_z else []
    for piece, table, room in _pieces(energies, nodes, max(len(spins), len(spins_z)), buffers):
        if spins:
            product = _products(transverse, table, which, room)
            mine = table[which, : product.shape[1]]
            signals[:, piece] = np.vecdot(product.swapaxes(1, 2), mine.swapaxes(1, 2))
        if spins_z:
            # cos (E_a - E_b)t = cos E_a t cos E_b t + sin E_a t sin E_b t: no imaginary part is made.
            product = _products(longitudinal, table, which_z, room).view(np.float64)
            both = np.einsum("pat,pat->pt", table[which_z].view(np.float64), product)
            polarisations[:, piece] = both[:, ::2] + both[:, 1::2]
    signals, polarisations = sampling.restore(signals), sampling.restore(polarisations)
    if spins:
        summed = [len(bookkeeping.observed_spins) if k == ALL else 1 for k in spins]
        first = np.array(summed) * 2.0 ** (len(isotopes) - 1)
        signals = signals * (phases(centre, grid)[which] / first[:, None])
    return signals, polarisations / 2.0 ** (len(isotopes) - 2)


def _which(rows: Rows, systems: int) -> tuple[Which, list[int]]:
    """The systems and the spins of ``rows``."""
    which = [p for p, _ in rows]
    return slice(None) if which == list(range(systems)) else np.array(which, int), [spin for _, spin in rows]


def _pieces(
    energies: np.ndarray, grid: TimeGrid, rows: int, buffers: Buffers | None
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Consecutive points of ``grid``, exp(iEt) there, (B, 2^N, n), and room for ``rows`` times (2^N, n) numbers."""
    states = energies.shape[1]
    each = (len(energies) + rows) * states
    points = min(grid.points, MOST_POINTS, max(FEWEST_POINTS, WORK_BYTES // (16 * each)))
    # Page faults of fresh memory would cost more than the numbers in it.
    memory = buffers.pop() if buffers else np.empty(0, np.complex128)
    if memory.size < each * points:
        memory = np.empty(each * points, np.complex128)
    for start in range(0, grid.points, points):
        piece = TimeGrid(min(points, grid.points - start), grid.dt_s)
        size = energies.size * piece.points
        table = memory[:size].reshape(*energies.shape, piece.points)
        yield slice(start, start + piece.points), phases(energies, piece, table, start), memory[size:]
    if buffers is not None:
        buffers.append(memory)


def _products(weights: Sequence[Weights], table: np.ndarray, which: Which, room: np.ndarray) -> np.ndarray:
    """Σ_b weights_ab exp(iE_b t), (rows, a, n); the states a that occur are the first ones."""
    shape = (len(weights[0][2]), max(upper.stop for upper, _, _ in weights), table.shape[-1])
    product = room[: prod(shape)].reshape(shape)
    for upper, lower, weight in weights:
        np.matmul(weight, table[which, lower].view(np.float64), out=product[:, upper].view(np.float64))
    return product
