"""The mean curve over draws of the offsets: the best possible prediction of a surrogate that knows only the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.offsets import DrawnOffsets, GivenOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.system import EchoSystem

DRAWS = 128
"""Number of draws of the offsets in a mean curve that is computed now: its standard error is the spread of curves
divided by 11.3. Stored means (:mod:`harness.tasks.echo.means`) have more."""
FIRST_SEED = 1_000_000
"""Draws for means have their own stream of seeds; no set of curves uses it."""


@dataclass(frozen=True, eq=False)
class MeanCurve:
    """The mean (T,) complex of ``draws`` curves, and its standard error, root mean square per real component."""

    mean: np.ndarray
    standard_error: float
    draws: int

    @classmethod
    def of(cls, curves: np.ndarray) -> MeanCurve:
        """The mean of curves (n, T)."""
        return cls(curves.mean(0), standard_error(curves), len(curves))


def draws_of(system: EchoSystem, plan: EchoPlan, draws: int) -> np.ndarray:
    """(draws, T) complex: the curves of fresh draws of the offsets from the system's line.

    Draw k depends on the seed of the system's offsets and on k alone, so that two systems have independent draws. They
    are always computed by our simulator in single precision, because slow programs need too long for a mean. Its curves
    of single draws agree with the reference to 1e-10 in double precision.

    Raises
    ------
    InputError
        For offsets that are given as numbers and not drawn.
    """
    from harness.tasks.echo.simulate import simulate

    if isinstance(system.offsets, GivenOffsets):
        raise InputError(f"{system.name}: its offsets are given, so that there is no mean over draws")
    line = system.offsets.line
    seeds = np.random.default_rng([FIRST_SEED, system.offsets.seed]).integers(2**63, size=draws)
    others = [system.with_(offsets=DrawnOffsets(int(seed), line)) for seed in seeds]
    return simulate(others, plan, precision="float32")


def standard_error(curves: np.ndarray) -> float:
    """Standard error of the mean of curves (n, T), root mean square over the samples, per real component."""
    return float(np.sqrt(np.mean(np.var(curves, axis=0, ddof=1)) / 2 / len(curves)))


def squared_distance(curve: np.ndarray, draws: np.ndarray) -> float:
    """Mean squared distance, per real component, of a curve (T,) from the mean of the distribution of draws (n, T).

    The distance from the mean of these draws is too large by the variance of that mean, which their scatter gives
    without bias and which is subtracted; the difference may be negative.
    """
    return float(np.mean(np.abs(curve - draws.mean(0)) ** 2) / 2) - standard_error(draws) ** 2
