"""The size of an error as a function of time and of the difficulty of the system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-3
"""Smallest scale as a fraction of the largest value over time: a model that is exact at t = 0 has zero error there, and
rounding errors must not be divided by zero."""


def magnitude(errors: np.ndarray) -> np.ndarray:
    """(n, …, T), real or complex, to (n, T): the length of the error over all its components at each time."""
    if errors.ndim == 2:
        return np.abs(errors)
    return np.sqrt(np.sum(np.abs(errors) ** 2, axis=tuple(range(1, errors.ndim - 1))))


@dataclass(frozen=True, eq=False)
class Scale:
    """w(t; d) = exp(a(t) + Σ_k b_k(t)·log max(d_k, lowest_k)), b_k ≥ 0: never smaller for a harder system.

    Parameters
    ----------
    logs
        a, (T,).
    slopes
        b, (K, T).
    lowest
        (K,) smallest difficulties in the calibration data: smaller difficulties are replaced by these.
    """

    logs: np.ndarray
    slopes: np.ndarray
    lowest: np.ndarray

    def __call__(self, difficulty: np.ndarray) -> np.ndarray:
        """(n, T) for difficulties (n, K)."""
        if self.slopes.shape[0] == 0:
            return np.broadcast_to(np.exp(self.logs), (len(difficulty), len(self.logs)))
        found = np.exp(self.logs + np.log(np.maximum(difficulty, self.lowest)) @ self.slopes)
        return np.maximum(found, SMALLEST * found.max(axis=1, keepdims=True))

    def times(self, factor: float) -> Scale:
        """The same scale, ``factor`` times as large."""
        return Scale(self.logs + np.log(factor), self.slopes, self.lowest)

    def rounded(self) -> Scale:
        """In single precision, as it is stored."""
        return Scale(*(getattr(self, name).astype(np.float32).astype(float) for name in ("logs", "slopes", "lowest")))


def fit_scale(errors: np.ndarray, difficulty: np.ndarray) -> Scale:
    """Scale of absolute errors (n, T) of systems with difficulties (n, K).

    Without difficulties it is the root mean square over systems. Otherwise it is a regression of the logarithm of the
    error at each time, with nonnegative slopes, then multiplied by a factor such that 90 % of the errors lie below.
    """
    from scipy.optimize import nnls

    rms = np.sqrt(np.mean(errors**2, axis=0))
    floor = np.maximum(rms, SMALLEST * rms.max() + 1e-12)
    if difficulty.shape[1] == 0:
        return Scale(np.log(floor), np.zeros((0, errors.shape[1])), np.zeros(0)).rounded()
    positive = np.where(difficulty > 0, difficulty, np.inf).min(axis=0)
    lowest = np.where(np.isfinite(positive), positive, 1.0)
    x = np.log(np.maximum(difficulty, lowest))
    y = np.log(errors + SMALLEST * floor)
    # Normal equations of the centred problem: the intercept is free, the slopes are not.
    centred = x - x.mean(axis=0)
    root = np.linalg.cholesky(centred.T @ centred + 1e-9 * len(x) * np.eye(x.shape[1]))
    sides = np.linalg.solve(root, centred.T @ (y - y.mean(axis=0)))
    slopes = np.stack([nnls(root.T, side)[0] for side in sides.T], axis=1)
    logs = y.mean(axis=0) - x.mean(axis=0) @ slopes
    rest = np.quantile(y - logs - x @ slopes, 0.9, axis=0)
    return Scale(logs + rest, slopes, lowest).rounded()
