"""How many bytes a prediction takes, before anything is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from math import tau

import numpy as np

from harness.errors import InputError
from harness.spins import SpinSystem, TimeGrid
from harness.surrogates.spin_graph.lines import band_for, orders

LARGEST_BYTES = 2_000_000_000
"""Most that one prediction takes: below the free memory of any machine that runs the rest of the harness."""
FEW_POINTS = 1_024
"""Grids below this have tables of some megabytes, whatever the systems; their size is not worked out."""
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


def require_few_bytes(systems: Sequence[SpinSystem], grid: TimeGrid, per_spin: bool = False) -> None:
    """Refuse before allocating.

    Raises
    ------
    InputError
        If a prediction needs more than ``LARGEST_BYTES``; the message names the bytes and what to do instead.
    """
    needed = predicted_bytes(systems, grid, per_spin)
    if needed <= LARGEST_BYTES:
        return
    spins = max(len(system) for system in systems)
    remedy = f"use the method {'exact' if spins <= 14 else 'cluster'!r} instead"
    if predicted_bytes(systems[:1], grid, per_spin) <= LARGEST_BYTES:
        remedy = f"predict fewer than {len(systems)} systems at once"
    raise InputError(
        f"spin-graph needs about {needed:.3g} bytes for {len(systems)} systems on {grid.points} points of "
        f"{grid.dt_s:g} s, more than the {LARGEST_BYTES:.3g} that it may take: {remedy}"
    )
