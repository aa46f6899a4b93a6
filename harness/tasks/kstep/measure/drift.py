"""Drift of the total energy: the slope of a fitted straight line, and its mean over several starts with its error.

One trajectory is not sufficient: near a resonance the slope differs from start to start by more than its own size.
Neither velocities nor energies are rescaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from harness.tasks.kstep.integrators.base import Path


@dataclass(frozen=True)
class Drift:
    """Mean slope over the starts, and its standard error (NaN for one start), in kJ/mol/ps.

    ``rms_kj_mol`` is the mean fluctuation of the total energy about its line; ``failed`` counts runs that ended early,
    which have no slope.
    """

    mean: float
    standard_error: float
    rms_kj_mol: float
    starts: int
    failed: int

    @property
    def determined(self) -> bool:
        """False if the method computes no quantum energy, so that there is no slope although all runs ended well."""
        return bool(self.failed) or bool(np.isfinite(self.mean))

    @property
    def bound(self) -> float:
        """|mean| + 2 standard errors; infinite where a run failed or there is only one start."""
        if self.failed or not np.isfinite(self.standard_error):
            return float("inf")
        return abs(self.mean) + 2 * self.standard_error


def slope(path: Path) -> tuple[float, float]:
    """Slope in kJ/mol/ps of the total energy, by least squares, and the rms of what is left in kJ/mol.

    The first state has no quantum energy and is left out. NaN for a method that computes no quantum energy.
    """
    times, energies = path.times_ps[1:], path.total_kj_mol[1:]
    if not np.isfinite(energies).all():
        return float("nan"), float("nan")
    line = np.polynomial.Polynomial.fit(times, energies, 1)
    return float(line.deriv()(0.0)), float(np.sqrt(np.mean((energies - line(times)) ** 2)))


def mean_and_error(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """Mean and standard error, NaN where there are too few values."""
    count = len(values)
    mean = float(np.mean(values)) if count else float("nan")
    return mean, float(np.std(values, ddof=1) / sqrt(count)) if count > 1 else float("nan")


def drift(paths: Sequence[Path]) -> Drift:
    """Mean and standard error of the slopes of runs from several starts."""
    whole = [path for path in paths if not path.fault]
    found = np.array([slope(path) for path in whole]).reshape(-1, 2)
    count = len(found)
    return Drift(
        *mean_and_error(found[:, 0]),
        float(found[:, 1].mean()) if count else float("nan"),
        len(paths),
        len(paths) - count,
    )
