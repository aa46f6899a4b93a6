"""Typical and largest norms of jumps for each element: the scales and bounds of the outputs of the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.kstep.data.pairs import Jumps
from harness.tasks.kstep.units import SYMBOLS

SIGMAS = 6.0
HOTTEST_K = 600.0


def scales_and_bounds(sets: Sequence[Jumps], temperature_k: float) -> tuple[np.ndarray, np.ndarray]:
    """Per atomic number, (Z_max + 1, 2) each, of Δx - v τ in nm and of Δv in nm/ps.

    Scales are root mean squares of the norms in the data; bounds are six times those at 600 K, from the data's
    temperature by √T, as for harmonic forces. A fixed bound of 2 nm/ps would cut half of all frames at k = 8. Elements
    that do not occur in the data have the scale of all elements together.
    """
    most = max(SYMBOLS) + 1
    sums, counts = np.zeros((most, 2)), np.zeros(most)
    for jumps in sets:
        squares = [(array**2).sum(axis=2) for array in (jumps.position_residuals_nm, jumps.velocity_changes_nm_ps)]
        for atom, number in enumerate(jumps.molecule.numbers):
            sums[number] += [square[:, atom].sum() for square in squares]
            counts[number] += len(jumps)
    overall = np.sqrt(sums.sum(axis=0) / counts.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        scales = np.where(counts[:, None] > 0, np.sqrt(sums / counts[:, None]), overall)
    return scales, SIGMAS * scales * np.sqrt(HOTTEST_K / temperature_k)
