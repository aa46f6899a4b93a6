"""The answer of a surrogate for a batch of spin systems: mx, my, m and i1z of all of them as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from harness.surrogates import base
from harness.tasks.spins.systems import SpinSystem, Trajectory
from harness.trajectory import Trajectory as CommonTrajectory

LARGEST_EXACT = 14
"""Spins up to which the method that takes the place of a prediction is exact."""


class Prediction(base.Prediction):
    """A :class:`harness.surrogates.Prediction` whose means and standard deviations are trajectories of spins."""

    mean: tuple[Trajectory, ...]
    std: tuple[Trajectory, ...] | None

    @property
    def mx(self) -> np.ndarray:
        """(B, T)."""
        return np.real(self.m)

    @property
    def my(self) -> np.ndarray:
        """(B, T)."""
        return np.imag(self.m)

    @property
    def m(self) -> np.ndarray:
        """(B, T) complex, Mx + i·My."""
        return self.array("m")

    @property
    def i1z(self) -> np.ndarray:
        """(B, T)."""
        return self.array("i1z")


def spread_of(widths: Iterable[CommonTrajectory]) -> list[Trajectory]:
    """Standard deviations as trajectories of spins: mx and my have that of a component of M."""
    return [Trajectory(one.grid, one.provenance, one.arrays["m"], one.arrays["m"], one.arrays["i1z"]) for one in widths]


def other_method(systems: Sequence[SpinSystem]) -> str:
    """What to do where one prediction would need too much memory."""
    largest = max(len(system) for system in systems)
    return f"use the method {'exact' if largest <= LARGEST_EXACT else 'cluster'!r} instead"
