"""Whether a grid resolves a system."""

from __future__ import annotations

import warnings
from math import tau

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems.system import SpinSystem
from harness.trajectory import TimeGrid

PHASE_ERROR = 1e-4
"""Largest rounding error of a phase in rad: far above that of any acquisition (1e-9), far below what a plot shows."""


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
    """Warn: the samples stay exact, but they are those of a lower frequency too."""
    if line := aliased(system, grid):
        warnings.warn(line, UserWarning, stacklevel=3)


def refuse_aliased(system: SpinSystem, grid: TimeGrid) -> None:
    """Refuse, for spectra and suites: :class:`InputError` with the same line."""
    if line := aliased(system, grid):
        raise InputError(line)


def refuse_unresolved(system: SpinSystem, grid: TimeGrid) -> None:
    """Refuse a horizon over which double precision loses the phase: :class:`InputError` with the remedy.

    The phase of the fastest line is 2π(|Ω| + Σ|J|/2)·t, and its rounding error that times 2⁻⁵³; beyond
    :data:`PHASE_ERROR` the answer of every method would be noise, not a signal.
    """
    widest_hz = np.max(np.abs(system.offsets_hz) + np.abs(system.couplings_hz).sum(axis=1) / 2)
    error = tau * widest_hz * grid.horizon_s * 2.0**-53
    if error > PHASE_ERROR:
        raise InputError(
            f"frequencies up to {widest_hz:.3g} Hz over {grid.horizon_s:.3g} s: double precision loses the phase (by "
            f"{error:.2g} rad): take a shorter horizon, another carrier, or check the field and dt_s"
        )
