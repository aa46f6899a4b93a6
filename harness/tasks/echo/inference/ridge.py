"""Ridge regression of the labels on the real and imaginary parts of a curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

PENALTIES = tuple(10.0**k for k in range(-7, 2))
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Ridge:
    """Labels (as fractions of their ranges) = (x − mean) @ weights + bias, x = [|Re M|, Im M], one penalty per label.

    |Re M| and not Re M: the sign of the real part is lost in the mirror image Δ → −Δ, which has the same labels.
    """

    mean: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @property
    def outputs(self) -> int:
        """Number of labels."""
        return len(self.bias)

    @classmethod
    def fit(cls, m: np.ndarray, targets: np.ndarray) -> Ridge:
        """Least squares with the penalty that leaves the smallest error in leave-one-out cross-validation.

        With x = U S Vᵀ the residual of a row left out is r_i/(1 − h_i), h the diagonal of the hat matrix.
        """
        x = _inputs(m)
        mean, bias = x.mean(0), targets.mean(0)
        u, s, v = np.linalg.svd(x - mean, full_matrices=False)
        projected = u.T @ (targets - bias)
        best = np.full(targets.shape[1], np.inf)
        weights = np.zeros((x.shape[1], targets.shape[1]))
        for penalty in PENALTIES:
            shrunk = s**2 / (s**2 + penalty)
            residual = (targets - bias) - u @ (shrunk[:, None] * projected)
            left_out = residual / (1.0 - np.sum(u**2 * shrunk, axis=1) - 1.0 / len(x))[:, None]
            errors = np.mean(left_out**2, axis=0)
            better = errors < best
            best[better] = errors[better]
            weights[:, better] = (v.T @ ((shrunk / np.maximum(s, 1e-300))[:, None] * projected))[:, better]
        return cls(mean, weights, bias)

    def predict(self, m: np.ndarray) -> np.ndarray:
        """(n, V) fractions of the ranges."""
        return (_inputs(m) - self.mean) @ self.weights + self.bias

    def stored(self) -> Ridge:
        """In single precision, as in a weights file."""
        return Ridge(*(array.astype(np.float32) for array in (self.mean, self.weights, self.bias)))

    def arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """All arrays by name."""
        return {f"{prefix}{name}": getattr(self, name) for name in ("mean", "weights", "bias")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any], prefix: str) -> Ridge:
        """The inverse of :meth:`arrays`."""
        return cls(*(np.asarray(arrays[f"{prefix}{name}"]) for name in ("mean", "weights", "bias")))


def cross_fitted(m: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(n, V) predictions for each curve, by a ridge regression that was fitted without the fold of this curve."""
    answers = np.empty_like(targets)
    for fold in range(FOLDS):
        out = np.arange(len(m)) % FOLDS == fold
        answers[out] = Ridge.fit(m[~out], targets[~out]).predict(m[out])
    return answers


def _inputs(m: np.ndarray) -> np.ndarray:
    """(n, 2T) float64."""
    return np.concatenate([np.abs(np.real(m)), np.imag(m)], axis=1).astype(np.float64)
