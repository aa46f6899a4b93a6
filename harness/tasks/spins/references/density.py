"""ρ(t) from ρ0 = (1 + 2 I_1z)/2^N for the methods that work in blocks; N ≤ 8, product states in Kronecker order.

The unit operator does not move, and I_1z is block-diagonal, so that each z-block of ρ(t) is made by itself from
exp(-iLt) I_1z and put into place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from harness.tasks.spins.references.hilbert import check_density_size
from harness.tasks.spins.references.liouville import CoherenceBlock, longitudinal_blocks
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.phases import phases
from harness.tasks.spins.systems.zblocks import ZBlocks

Evolution = Callable[[int], np.ndarray]
"""Number of a sample → exp(-iLt) A0 of one block, (d, d) complex."""


def exact_density_operators(system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
    """By diagonalisation of each block."""

    def evolution(block: CoherenceBlock) -> Evolution:
        energies, vectors = np.linalg.eigh(block.upper.toarray())
        inside = vectors.T @ block.start @ vectors
        table = phases(energies, grid)
        # exp(-iE_a t) A_ab exp(iE_b t), rotated back.
        return lambda t: (vectors * table[:, t].conj()) @ inside @ (vectors * table[:, t]).T

    return _assembled(system, grid, "exact", evolution)


def krylov_density_operators(system: SpinSystem, grid: TimeGrid, tolerance: float) -> Iterator[np.ndarray]:
    """By Lanczos in operator space; every block errs by at most ``tolerance`` of its norm."""
    from harness.tasks.spins.references.krylov import lanczos

    def evolution(block: CoherenceBlock) -> Evolution:
        if not block.start.any():
            return lambda t: block.start.astype(complex)
        basis = lanczos(block, grid.horizon_s, tolerance, autocorrelation=False, keep=True)
        coefficients = basis.coefficients(grid).conj()
        vectors = np.stack(basis.vectors)
        return lambda t: np.tensordot(coefficients[:, t], vectors, axes=1)

    return _assembled(system, grid, "krylov", evolution)


def chebyshev_density_operators(system: SpinSystem, grid: TimeGrid, tolerance: float) -> Iterator[np.ndarray]:
    """By the Chebyshev series in operator space; every block errs by at most ``tolerance`` of its norm."""
    from harness.tasks.spins.references.chebyshev import interval, needed_order, polynomials, series

    def evolution(block: CoherenceBlock) -> Evolution:
        centre, radius = interval(block)
        order = needed_order(radius * grid.horizon_s, tolerance)
        vectors = np.stack(list(polynomials(block, order)))
        weights = series(np.eye(order + 1), centre, radius, grid).conj()
        return lambda t: np.tensordot(weights[:, t], vectors, axes=1)

    return _assembled(system, grid, "chebyshev", evolution)


def _assembled(
    system: SpinSystem, grid: TimeGrid, method: str, evolution: Callable[[CoherenceBlock], Evolution]
) -> Iterator[np.ndarray]:
    check_density_size(system, method)
    return _points(system, grid, evolution)


def _points(
    system: SpinSystem, grid: TimeGrid, evolution: Callable[[CoherenceBlock], Evolution]
) -> Iterator[np.ndarray]:
    n = len(system)
    places = [np.ix_(states, states) for states in ZBlocks(system).states]
    blocks = [evolution(block) for block in longitudinal_blocks(system, False)]
    # The blocks hold I_1z / ‖I_1z‖ with ‖I_1z‖² = 2^(N-2).
    scale = 2 * np.sqrt(2.0 ** (n - 2)) / 2.0**n
    for t in range(grid.points):
        rho = np.eye(1 << n, dtype=complex) / 2.0**n
        for place, block in zip(places, blocks, strict=True):
            rho[place] += scale * block(t)
        yield rho
