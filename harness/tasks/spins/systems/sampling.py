"""Signals of limited bandwidth from fewer points than the grid has: Nyquist's theorem, made finite.

Continuous quantity: a signal f(t) whose angular frequencies all lie within ±ω_max. It is known everywhere from samples
at a spacing h < π/ω_max; with a Kaiser window w of half-width ph,

    f(t) ≈ Σ_k f(kh) sinc((t - kh)/h) w((t - kh)/(ph)),      p = β / (π - ω_max h),      error ≲ exp(-β).

Here f(-t) = conj f(t), as for every sum of lines with real intensities, so that samples before t = 0 need no computing;
behind the end of the grid p more are needed. h is a multiple of dt, chosen so that the samples are fewest. At β = 34
the error is that of rounding, wherever in the band the lines are (tests/spins/test_sampling.py).

Source: J. J. Knab, IEEE Trans. Inf. Theory 25, 717 (1979); the window is that of ``numpy.kaiser``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi, sqrt

import numpy as np

from harness.trajectory import TimeGrid

BETA = 34.0
"""Shape of the window: what lies outside its main lobe, and with it the error, is about exp(-BETA) = 2e-15."""

WORTH_IT = 0.75
"""Samples are taken only if they are fewer than this part of the grid's points: interpolation costs as well."""


@dataclass(frozen=True)
class Sampling:
    """Samples on ``nodes``, from which :meth:`restore` makes the signals on ``grid``.

    ``every`` is h/dt; ``reach`` is p, or 0 where the samples are the points of the grid themselves.
    """

    grid: TimeGrid
    every: int
    reach: int

    @classmethod
    def of(cls, grid: TimeGrid, bandwidth_rad_s: float) -> Sampling:
        """The fewest samples for signals within ±``bandwidth_rad_s`` on ``grid``."""
        # T ω_max dt/(π x) samples inside and β/(π (1 - x)) behind are together least at this x = ω_max h/π.
        turn = bandwidth_rad_s * grid.dt_s
        inside, behind = sqrt(grid.points * turn), sqrt(BETA)
        widest = pi * inside / (inside + behind)
        every = int(widest / turn) if widest < grid.points * turn else grid.points
        if every > 1:
            reach = ceil(BETA / (pi - every * turn))
            if grid.points / every + reach < WORTH_IT * grid.points:
                return cls(grid, every, reach)
        return cls(grid, 1, 0)

    @property
    def nodes(self) -> TimeGrid:
        """The times of the samples."""
        return TimeGrid(-(-self.grid.points // self.every) + self.reach, self.every * self.grid.dt_s)

    def restore(self, samples: np.ndarray) -> np.ndarray:
        """The signals (…, T), real or complex, from their samples (…, points of ``nodes``)."""
        if not self.reach:
            return samples
        taps, around = _interpolation(self.every, self.reach, samples.shape[-1])
        both = np.concatenate([np.conj(samples[..., self.reach - 1 : 0 : -1]), samples], axis=-1)
        # Complex numbers as pairs of real ones: the weights are real.
        values = (taps @ np.take(both, around, axis=-1).view(np.float64)).view(samples.dtype)
        whole = np.swapaxes(values, -1, -2).reshape(*samples.shape[:-1], around.shape[1] * self.every)
        return whole[..., : self.grid.points]


@lru_cache(maxsize=64)
def _interpolation(every: int, reach: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (every, 2p) of the samples around each of the points that follow a sample, and which these are, (2p, K).

    Counted are the samples from number 1 - p on.
    """
    distance = np.arange(every)[:, None] / every - np.arange(1 - reach, reach + 1)
    window = np.i0(BETA * np.sqrt(1 - (distance / reach) ** 2)) / np.i0(BETA)
    around = np.arange(2 * reach)[:, None] + np.arange(samples - reach)
    return np.sinc(distance) * window, around
