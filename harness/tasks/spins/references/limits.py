"""What a method needs in memory, checked before it starts; the error message names a method that does fit."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, inf

import numpy as np

from harness.memory import SHARE, available_memory_bytes, fits_memory, require_memory
from harness.tasks.spins.references.base import refuse_relaxing
from harness.tasks.spins.systems import SpinSystem, TimeGrid

FREQUENCIES_PER_SPIN = 6
"""Rows of complex samples that are in memory at a time, per spin: signals, phases and the copies of a trajectory."""
USUAL_CLUSTER = 5


def bytes_of(needed: Callable[[], float]) -> float:
    """The value of ``needed``; infinity where that is beyond the range of floats (some hundred spins)."""
    try:
        return float(needed())
    except OverflowError:
        return inf


def signal_bytes(system: SpinSystem, grid: TimeGrid) -> float:
    """Memory of what every method gives, and of the rows of samples it works on: proportional to spins and points."""
    return bytes_of(lambda: 16.0 * FREQUENCIES_PER_SPIN * len(system) * grid.points)


def cluster_bytes(spins: int, grid: TimeGrid) -> float:
    """Memory of one exact cluster: eigenvectors of its blocks, raising operators and phases."""
    block = comb(spins, spins // 2)
    return bytes_of(lambda: 8.0 * (spins + 6) * block**2 + 64.0 * block * grid.points)


def typicality_bytes(system: SpinSystem) -> float:
    """Peak memory of the method "typicality": H, its assembly, and polynomials and samples of four complex states."""
    edges = np.count_nonzero(np.triu(system.couplings_hz))
    return 2.0 ** len(system) * (28.0 * (1 + edges / 2) + 64.0 * 32)


def require_fit(method: str, system: SpinSystem, grid: TimeGrid, working: Callable[[], float]) -> None:
    """Refuse ``method`` where its working memory and the signals do not fit, and for a system that relaxes.

    Raises
    ------
    InputError
        With the number of bytes, and fewer points or a method that does fit: never one that would not fit either.
    """
    refuse_relaxing(system, method)
    needed = bytes_of(working) + signal_bytes(system, grid)
    if not fits_memory(needed):
        what = f"method {method!r} for {len(system)} spins and {grid.points} points"
        require_memory(needed, what, remedy(method, system, grid))


def remedy(method: str, system: SpinSystem, grid: TimeGrid) -> str:
    """What to do instead of ``method``: a more exact one first, a formula last, fewer points where no method fits."""
    signals = signal_bytes(system, grid)
    if not fits_memory(signals):
        fitting = int(SHARE * available_memory_bytes() / signals * grid.points)
        return f"take at most {fitting} points" if fitting else "take fewer spins"
    largest = USUAL_CLUSTER - 1 + max(map(len, system.equivalent_groups()))
    finer = (
        ("typicality", bytes_of(lambda: typicality_bytes(system))),
        ("cluster", cluster_bytes(largest, grid)),
        ("pair-product", 0.0),
    )
    fits = (name for name, working in finer if name != method and fits_memory(working + signals))
    return f"use {next(fits)!r} instead"
