"""How many bytes a prediction takes, before anything is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from math import tau

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.lines import band_for, orders
from harness.tasks.spins.systems import SpinSystem, TimeGrid

FEW_POINTS = 1_024
"""Grids below this have tables of some megabytes, whatever the systems; their size is not computed."""
TABLES = 2
"""Tables at once: that of M and that of I_1z."""
RESULT_NUMBERS = 6
"""Doubles per sample: complex M and I_1z while they are made, mx, my and i1z of the trajectory."""


def predicted_bytes(systems: Sequence[SpinSystem], grid: TimeGrid, per_spin: bool = False) -> float:
    """Bytes of the results and of the table that turns lines into signals on this grid (lines.py).

    The table has one number per sample and order, and the orders grow with the product of the last time and the widest
    band of lines: half the span of the offsets and half the couplings of a spin.
    """
    spins = max((len(system) for system in systems), default=0)
    results = 8.0 * RESULT_NUMBERS * grid.points * len(systems) * (1 + 3 * spins * per_spin)
    if grid.points < FEW_POINTS or not systems:
        return results
    widest = max(
        0.5 * float(np.ptp(system.offsets_hz)) + 0.5 * float(np.abs(system.couplings_hz).sum(axis=1).max())
        for system in systems
    )
    high, low = orders(grid, band_for(tau * widest))
    return results + 8.0 * TABLES * grid.points * high * low
