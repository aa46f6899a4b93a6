"""Does a grid resolve a system?"""

from __future__ import annotations

import warnings

import numpy as np

from harness.errors import InputError
from harness.spins.grid import TimeGrid
from harness.spins.system import SpinSystem


def aliased(system: SpinSystem, grid: TimeGrid) -> str | None:
    """One line about the observed offset that lies furthest beyond 1/(2 dt), or None if none does."""
    observed = np.array(system.observed_spins)
    worst = observed[np.argmax(np.abs(system.offsets_hz[observed]))]
    offset = system.offsets_hz[worst]
    if abs(offset) <= grid.nyquist_hz:
        return None
    dt_s = 1 / (2 * abs(offset))
    return (
        f"offset of spin {system.labels[worst]!r} ({offset:.6g} Hz) lies beyond 1/(2 dt) = {grid.nyquist_hz:.6g} Hz: "
        f"use dt_s below {dt_s:.3g} or another carrier"
    )


def warn_if_aliased(system: SpinSystem, grid: TimeGrid) -> None:
    """Warn: the samples stay exact, but they cannot be told from those of a lower frequency."""
    if line := aliased(system, grid):
        warnings.warn(line, UserWarning, stacklevel=3)


def refuse_aliased(system: SpinSystem, grid: TimeGrid) -> None:
    """Refuse, for spectra and suites: :class:`InputError` with the same line."""
    if line := aliased(system, grid):
        raise InputError(line)
