"""The times at which a trajectory is sampled, in atomic units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError, shown

LARGEST_STEP_AU = 0.4
"""Largest step: a larger one cannot resolve the core electrons of the second row (20 hartree), and spectra have errors
of 0.1 eV."""
MOST_POINTS = 10**7


@dataclass(frozen=True)
class AtomicTimeGrid:
    """Equidistant samples t_n = n·dt_au, n = 0 … points-1.

    ``largest_step_au`` is the largest step that is accepted; a baseline of larger steps declares a larger one. ``rule``
    is the rule by which the truth steps from sample to sample: ``em`` as NWChem does, ``cfm4`` otherwise. A subject
    that models the Fock matrix steps by the same rule, so that Fock matrices are compared and not integrators.

    Raises
    ------
    InputError
        If the number of points or the step is out of range.
    """

    points: int
    dt_au: float
    largest_step_au: float = LARGEST_STEP_AU
    rule: str = "cfm4"

    def __post_init__(self) -> None:
        if isinstance(self.points, bool) or not isinstance(self.points, int) or not 2 <= self.points <= MOST_POINTS:
            raise InputError(
                f"time grid: points = {shown(self.points)} must be a whole number from 2 to {MOST_POINTS:g}"
            )
        if not isinstance(self.dt_au, int | float) or not 0 < self.dt_au < math.inf:
            raise InputError(f"time grid: dt_au = {shown(self.dt_au)} must be a positive number of atomic units")
        if self.dt_au > self.largest_step_au:
            raise InputError(
                f"time grid: dt_au = {self.dt_au:g} is above {self.largest_step_au:g}, which cannot follow core "
                f"electrons: "
                "take a smaller step"
            )
        object.__setattr__(self, "dt_au", float(self.dt_au))

    @property
    def step(self) -> float:
        """Distance of two samples, in :attr:`unit`."""
        return self.dt_au

    @property
    def unit(self) -> str:
        """Unit of time."""
        return "au"

    @property
    def times_au(self) -> np.ndarray:
        """(points,) the sample times."""
        return np.arange(self.points) * self.dt_au

    @property
    def horizon_au(self) -> float:
        """Time of the last sample."""
        return (self.points - 1) * self.dt_au

    @classmethod
    def until(
        cls, horizon_au: float, dt_au: float, largest_step_au: float = LARGEST_STEP_AU, rule: str = "cfm4"
    ) -> AtomicTimeGrid:
        """The grid whose last sample is the one nearest to ``horizon_au``."""
        return cls(round(horizon_au / dt_au) + 1, dt_au, largest_step_au, rule)
