"""Is a curve similar to those of the training? The distance to the nearest of them, with a threshold of 5 %."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from harness.tasks.echo.inference.features import Features

EDGES = (0.0, 0.1, 0.3, 0.65, 1.0)
"""Blocks of white components, from the largest variance to the smallest, as fractions of their number."""
LEADING = 3
MOST_ROWS = 6000
FALSE_ALARMS = 0.05


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Distance of a curve to the nearest training curve in a space of a few coordinates.

    Coordinates: the logarithm of the mean square of the white components in each block of :data:`EDGES`, for both
    parts, and the leading components of the imaginary part. They are made white by ``mean`` (C,) and ``whiten``
    (C, C); ``rows`` (n, C) are those of training curves. Curves whose distance exceeds ``threshold`` are unfamiliar:
    5 % of the calibration curves are.
    """

    mean: np.ndarray
    whiten: np.ndarray
    rows: np.ndarray
    threshold: float

    @classmethod
    def fit(cls, features: Features, training: np.ndarray, calibration: np.ndarray) -> Familiarity:
        """From curves of the training (n, T) and others of the same kind."""
        raw = _coordinates(features, training[:MOST_ROWS])
        mean = raw.mean(0)
        whiten = np.linalg.cholesky(np.linalg.pinv(np.cov(raw.T), hermitian=True) + 1e-12 * np.eye(raw.shape[1]))
        stored = [array.astype(np.float32) for array in (mean, whiten, (raw - mean) @ whiten)]
        made = cls(*stored, threshold=np.inf)
        return replace(made, threshold=float(np.quantile(made.distance(features, calibration), 1.0 - FALSE_ALARMS)))

    def distance(self, features: Features, m: np.ndarray) -> np.ndarray:
        """(n,) distance of each curve to the nearest training curve."""
        from scipy.spatial import KDTree

        tree = KDTree(self.rows.astype(np.float64))
        return tree.query((_coordinates(features, m) - self.mean) @ self.whiten)[0]

    def accepts(self, features: Features, m: np.ndarray) -> np.ndarray:
        """(n,) bool: within the threshold."""
        return self.distance(features, m) <= self.threshold

    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by name, for a weights file."""
        return {
            "familiarity/mean": self.mean,
            "familiarity/whiten": self.whiten,
            "familiarity/rows": self.rows,
            "familiarity/threshold": np.array([self.threshold]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Familiarity:
        """The inverse of :meth:`arrays`."""
        mean, whiten, rows = (np.asarray(arrays[f"familiarity/{name}"]) for name in ("mean", "whiten", "rows"))
        return cls(mean, whiten, rows, float(arrays["familiarity/threshold"][0]))


def _coordinates(features: Features, m: np.ndarray) -> np.ndarray:
    """(n, C) float64, before they are made white."""
    real, imag = features.components(m)
    edges = [round(edge * real.shape[1]) for edge in EDGES]
    blocks = [
        np.log(np.mean(part[:, low:high] ** 2, axis=1) + 1e-12)
        for part in (real, imag)
        for low, high in pairwise(edges)
    ]
    return np.concatenate([np.stack(blocks, axis=1), imag[:, :LEADING]], axis=1)
