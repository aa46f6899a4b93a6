"""The acquisition of a spectrum: seconds of signal, a sweep that holds every line, and a decay that resolves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite

import numpy as np

from harness.tasks.spins.spectra.windows import linewidth_of_t2
from harness.tasks.spins.systems import SpinSystem, TimeGrid

T2_S = 0.5
"""Lines 0.64 Hz wide: couplings above 1.3 Hz are resolved, and small molecules in a good shim are not narrower."""
DECAYS = 8.0
"""Length of an acquisition in T2: at its end M has decayed to exp(-8) = 3e-4, below what a plot shows."""
SHORTEST_S = 2.0
MARGIN = 0.1
"""Of the sweep that is left free beyond the outermost line, on either side."""
SWEEP_STEP_HZ = 100.0


@dataclass(frozen=True)
class Acquisition:
    """A grid, and T2 of the decay that M gets on it (None: none, and a squared-cosine window for spectra)."""

    grid: TimeGrid
    t2_s: float | None = None

    def __str__(self) -> str:
        grid = self.grid
        words = f"{grid.points} points of {grid.dt_s:.6g} s (sweep {1 / grid.dt_s:.6g} Hz, {grid.horizon_s:.3g} s)"
        if self.t2_s is None:
            return words
        return f"{words}, T2 {self.t2_s:g} s (lines {linewidth_of_t2(self.t2_s):.2g} Hz wide)"

BEYOND_EVERY_GRID = 1e12
"""More points than :class:`TimeGrid` takes: where ``dt_s`` is too small for the quotient to be finite, it refuses."""


def acquisition(
    systems: Sequence[SpinSystem],
    points: int | None = None,
    dt_s: float | None = None,
    t2_s: float | None = None,
    ppm: tuple[float, float] | None = None,
) -> Acquisition:
    """Parameters that are not given are chosen: the sweep from the lines, the length from T2, T2 as :data:`T2_S`.

    The sweep holds |offset| + Σ|J|/2 of every spin of all ``systems``, and both ends of ``ppm``, with a margin:
    every line but combination lines, whose intensities sum to less than 1e-5 in molecules from 60 MHz on.
    T2 is chosen only where ``points`` and ``dt_s`` are both open, since a grid that was given may end before M decays,
    and where no system relaxes by itself.

    Raises
    ------
    InputError
        For a T2 that is not positive and finite, or a grid that :class:`TimeGrid` refuses.
    """
    relaxes = any(system.relaxation is not None for system in systems)
    if t2_s is None and points is None and dt_s is None and not relaxes:
        t2_s = T2_S
    if t2_s is not None:
        linewidth_of_t2(t2_s)
    if dt_s is None:
        dt_s = 1 / _sweep_hz(systems, ppm)
    if points is None:
        points = ceil(min(_seconds(t2_s) / dt_s, BEYOND_EVERY_GRID)) if dt_s > 0 and isfinite(dt_s) else 1
    return Acquisition(TimeGrid(points, dt_s), t2_s)


def _seconds(t2_s: float | None) -> float:
    return max(SHORTEST_S, DECAYS * (T2_S if t2_s is None else t2_s))


def _sweep_hz(systems: Sequence[SpinSystem], ppm: tuple[float, float] | None) -> float:
    reach = 0.0
    for system in systems:
        observed = list(system.observed_spins)
        split = np.abs(system.couplings_hz[observed]).sum(axis=1) / 2
        reach = max(reach, float(np.max(np.abs(system.offsets_hz[observed]) + split)))
        if ppm is not None and system.axis is not None:
            reach = max(reach, *(abs(float(system.axis.offset_hz(end))) for end in ppm))
    least = 2 * reach / (1 - 2 * MARGIN)
    return SWEEP_STEP_HZ * max(1, ceil(least / SWEEP_STEP_HZ))
