"""The times at which a signal is sampled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from harness.errors import InputError, shown

MOST_POINTS = 10**9
"""No acquisition is longer: one complex signal of so many samples fills 16 GB."""
DWELL_S = (1e-15, 1e9)
"""Dwell times beyond these are slips of the pen: a period of light, and thirty years."""


@dataclass(frozen=True)
class TimeGrid:
    """Equidistant samples t_n = n·dt_s, n = 0 … points-1.

    Parameters
    ----------
    points
        Number of samples, from 1 to :data:`MOST_POINTS`; the first is t = 0.
    dt_s
        Dwell time in seconds, within :data:`DWELL_S`.

    Raises
    ------
    InputError
        If either is not as said.
    """

    points: int
    dt_s: float

    def __post_init__(self) -> None:
        if isinstance(self.points, bool) or not isinstance(self.points, Integral) or self.points < 1:
            raise InputError(f"time grid: points = {self.points!r} must be a whole number of at least 1")
        if self.points > MOST_POINTS:
            raise InputError(f"time grid: points = {shown(self.points)} is more than {MOST_POINTS:g}: take fewer")
        if isinstance(self.dt_s, bool) or not isinstance(self.dt_s, Real) or not 0 < self.dt_s < math.inf:
            raise InputError(f"time grid: dt_s = {shown(self.dt_s)} must be a positive, finite number of seconds")
        if not DWELL_S[0] <= self.dt_s <= DWELL_S[1]:
            low, high = DWELL_S
            raise InputError(f"time grid: dt_s = {shown(self.dt_s)} is not between {low:g} and {high:g} s")
        object.__setattr__(self, "points", int(self.points))
        object.__setattr__(self, "dt_s", float(self.dt_s))

    @property
    def times_s(self) -> np.ndarray:
        """Sample times in seconds, shape (points,)."""
        return np.arange(self.points) * self.dt_s

    @property
    def horizon_s(self) -> float:
        """Time of the last sample in seconds."""
        return (self.points - 1) * self.dt_s

    @property
    def nyquist_hz(self) -> float:
        """Largest |offset| in Hz that the grid resolves without aliasing, 1/(2 dt)."""
        return 0.5 / self.dt_s

    def prefix(self, points: int) -> TimeGrid:
        """The first ``points`` samples of this grid."""
        return TimeGrid(points, self.dt_s)


STANDARD_GRID = TimeGrid(300, 1e-4)
LONG_GRID = TimeGrid(1000, 1e-4)
