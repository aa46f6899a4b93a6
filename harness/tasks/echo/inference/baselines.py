"""Estimators without a network: the middle of the prior, and ridge regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.inference.ridge import Ridge
from harness.tasks.echo.labels import Prior


@dataclass(frozen=True, eq=False)
class MiddleOfPrior:
    """The middle of every range, for any curve: a challenge score of 41.67 for each label."""

    prior: Prior

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        return np.tile(self.prior.from_unit(np.full(len(self.prior.labels), 0.5)), (len(m), 1))


@dataclass(frozen=True, eq=False)
class RidgeEstimator:
    """Ridge regression, cut to the ranges."""

    prior: Prior
    ridge: Ridge

    @classmethod
    def fit(cls, curves: CurveSet) -> RidgeEstimator:
        """On a set with labels."""
        return cls(curves.prior, Ridge.fit(curves.m, curves.prior.to_unit(curves.known_labels())))

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        return self.prior.from_unit(np.clip(self.ridge.predict(m), 0.0, 1.0))
