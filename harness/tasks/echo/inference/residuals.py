"""Does a curve look like the curves with its inferred labels? Its distance from their mean, with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from harness.tasks.echo.forward.polynomials import PolynomialModel

COMPONENTS = 40
PREFIX = "residuals/"


@dataclass(frozen=True, eq=False)
class Residuals:
    """Squared distance of a curve from the mean curve at its labels, in white components of such differences.

    A posterior predictive check: labels that were inferred from a curve of another kind, as with a wider line of
    offsets, give a mean curve from which this curve differs by more than the draws of the offsets explain.

    Parameters
    ----------
    columns
        The labels that curves determine, by their places in the prior; there is at least one.
    model
        These labels, as fractions of their ranges, to the mean curve and the spread of draws about it.
    axes
        (2 T, C) the leading principal axes of the differences divided by the spread, each divided by the standard
        deviation along it.
    threshold
        A curve with a larger distance is unfamiliar.
    """

    columns: tuple[int, ...]
    model: PolynomialModel
    axes: np.ndarray
    threshold: float

    @classmethod
    def fit(
        cls, columns: Sequence[int], training: tuple[np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray]
    ) -> Residuals:
        """From curves (n, T) of the training with their labels (n, V), and others with inferred labels.

        All labels are fractions of their ranges. The threshold is infinite.
        """
        (curves, labels), columns = training, tuple(columns)
        model = PolynomialModel(len(columns), curves.shape[1])
        model.fit(labels[:, columns], curves, curves)
        scaled = _scaled(model, others[0], others[1][:, columns])
        _, sizes, axes = np.linalg.svd(scaled, full_matrices=False)
        count = min(COMPONENTS, max(1, len(scaled) // 5))
        white = (axes[:count] / (sizes[:count, None] / np.sqrt(len(scaled)))).T
        return cls(columns, model, white.astype(np.float32), np.inf)

    def distance(self, m: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """(n,) of curves (n, T) with inferred labels (n, V) as fractions of their ranges.

        It is about 1 for curves of the same kind.
        """
        components = _scaled(self.model, m, labels[:, self.columns]) @ self.axes.astype(np.float64)
        return np.mean(components**2, axis=1)

    def accepts(self, m: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """(n,) bool: within the threshold."""
        return self.distance(m, labels) <= self.threshold

    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by name, for a weights file."""
        found = {
            "columns": np.array(self.columns, dtype=np.float32),
            "mean": self.model.mean.numpy(),
            "log_sd": self.model.log_sd.numpy(),
            "axes": self.axes,
            "threshold": np.array([self.threshold]),
        }
        return {PREFIX + name: array for name, array in found.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Residuals | None:
        """The inverse of :meth:`arrays`; None for weights that were stored without."""
        if f"{PREFIX}columns" not in arrays:
            return None
        columns, mean, log_sd, axes, threshold = (
            np.asarray(arrays[PREFIX + name]) for name in ("columns", "mean", "log_sd", "axes", "threshold")
        )
        model = PolynomialModel(len(columns), mean.shape[1] // 2)
        model.load_state_dict({"mean": torch.as_tensor(mean), "log_sd": torch.as_tensor(log_sd)})
        return cls(tuple(int(k) for k in columns), model, axes, float(threshold[0]))


def _scaled(model: PolynomialModel, m: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n, 2 T) real and imaginary parts of the difference from the mean curve, divided by the spread of |M|."""
    with torch.no_grad():
        unit = torch.as_tensor(labels, dtype=torch.float32)
        mean, spread = model.curve(unit).double().numpy(), model.spread(unit).exp().square().sum(1).sqrt()
    parts = np.stack([np.real(m), np.imag(m)], axis=1).astype(np.float64)
    return ((parts - mean) / spread.double().numpy()[:, None]).reshape(len(m), -1)
