"""ρ(t) from ρ0 = (1 + 2 I_1z)/2^N for the methods that work in blocks; N ≤ 8, product states in Kronecker order.

The unit operator does not move, and I_1z is block-diagonal, so that each z-block of ρ(t) is made by itself from
exp(-iLt) I_1z and put into place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from harness.tasks.spins.references.liouville import CoherenceBlock, longitudinal_blocks
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.hilbert import check_density_size
from harness.tasks.spins.systems.zblocks import ZBlocks

Evolution = Callable[[int], np.ndarray]
"""Number of a sample → exp(-iLt) A0 of one block, (d, d) complex."""


def density_operators(
    system: SpinSystem, grid: TimeGrid, method: str, evolution: Callable[[CoherenceBlock], Evolution]
) -> Iterator[np.ndarray]:
    """ρ(t_n), (2^N, 2^N) complex for n = 0 … T-1; ``evolution`` is how ``method`` propagates one block.

    Raises
    ------
    InputError
        For more than 8 spins, before anything is computed.
    """
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
