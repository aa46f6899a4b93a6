"""Time grids, provenance, and trajectories: arrays by the name of their observable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.errors import InputError, shown

MOST_POINTS = 10**9
"""Largest number of samples: one complex signal of this length has 16 GB."""
DWELL_S = (1e-15, 1e9)
"""Dwell times outside this range are typing errors: a period of light, and thirty years."""


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
        If either is out of its range.
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
    def step(self) -> float:
        """:attr:`dt_s`, by its name in :class:`harness.task.Grid`."""
        return self.dt_s

    @property
    def unit(self) -> str:
        """The unit of :attr:`step`."""
        return "s"

    @property
    def nyquist_hz(self) -> float:
        """Largest |frequency| in Hz that the grid resolves without aliasing, 1/(2 dt)."""
        return 0.5 / self.dt_s

    def prefix(self, points: int) -> TimeGrid:
        """The first ``points`` samples of this grid."""
        return TimeGrid(points, self.dt_s)


@dataclass(frozen=True)
class Provenance:
    """The provenance of a trajectory.

    ``method`` is a name of the reference registry or of a surrogate; ``engine`` and ``version`` name the program that
    ran (e.g. "numpy", "2.1"); ``details`` holds the rest, as plain JSON values.
    """

    method: str
    engine: str = "numpy"
    version: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "details", MappingProxyType(dict(self.details)))

    def __reduce__(self) -> tuple[type[Provenance], tuple[Any, ...]]:
        return Provenance, (self.method, self.engine, self.version, dict(self.details))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"method": self.method, "engine": self.engine, "version": self.version, "details": dict(self.details)}


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What a method computed for one system on one grid: read-only arrays by the name of their observable.

    The last axis of every array is time, ``grid.points`` long. A task may define its own class instead, with named
    attributes; common code uses only ``grid``, ``provenance`` and ``arrays``.
    """

    grid: Any
    provenance: Provenance
    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        retained = {}
        for name, value in self.arrays.items():
            array = np.array(value)
            if array.ndim < 1 or array.shape[-1] != self.grid.points:
                raise ValueError(f"{name}: shape {array.shape} does not fit {self.grid.points} points")
            array.flags.writeable = False
            retained[name] = array
        object.__setattr__(self, "arrays", MappingProxyType(retained))

    def __reduce__(self) -> tuple[type[Trajectory], tuple[Any, ...]]:
        return Trajectory, (self.grid, self.provenance, dict(self.arrays))

    def __repr__(self) -> str:
        size = f"{self.grid.points} points of {self.grid.step:g} {self.grid.unit}"
        return f"Trajectory({size}: {', '.join(self.arrays) or 'nothing'}; by {self.provenance.method})"


STANDARD_GRID = TimeGrid(300, 1e-4)
LONG_GRID = TimeGrid(1000, 1e-4)
