"""The baseline without a network: the mean of the training curves whose labels are nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.forward.train import effective_prior
from harness.tasks.echo.labels import Prior

NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class NearestCurves:
    """Mean of the :data:`NEIGHBOURS` nearest curves, distances in fractions of the ranges."""

    prior: Prior
    labels: np.ndarray
    m: np.ndarray

    @classmethod
    def of(cls, curves: CurveSet) -> NearestCurves:
        """From a set with labels."""
        prior = effective_prior(curves)
        columns = [curves.prior.keys.index(key) for key in prior.keys]
        return cls(prior, prior.to_unit(curves.known_labels()[:, columns]), curves.m)

    def predict_labels(self, labels: np.ndarray) -> np.ndarray:
        """(n, T) complex."""
        from scipy.spatial import KDTree

        _, places = KDTree(self.labels).query(self.prior.to_unit(labels), k=NEIGHBOURS)
        return self.m[places].mean(1)
