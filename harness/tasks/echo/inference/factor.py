"""One factor of the posterior, ready for use: members averaged, shrunk towards the prior, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from harness.tasks.echo.inference.density_network import DensityNetwork
from harness.tasks.echo.inference.logistics import BISECTIONS, Mixture

ROWS_AT_ONCE = 200_000
KNOTS = (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99, 1.0)
"""Where the correction of a distribution function is given; it is linear between them."""


@dataclass(frozen=True)
class Calibration:
    """The parameters of a factor that were fitted to calibration curves.

    ``trust`` λ weighs the networks against the prior: λ q + (1 − λ); 0 where they gained nothing that is significant,
    so that the posterior is the prior. ``heights``: the share of truths whose probability integral transform lies below
    each of :data:`KNOTS`; equal to the knots where nothing has to be corrected.
    """

    trust: float = 1.0
    heights: tuple[float, ...] = KNOTS

    def corrected(self, transforms: np.ndarray) -> np.ndarray:
        """Probabilities that are uniform for the truth, from the transforms of the networks."""
        return np.interp(transforms, KNOTS, self.heights)

    def uncorrected(self, probabilities: np.ndarray) -> np.ndarray:
        """The inverse of :meth:`corrected`."""
        return np.interp(probabilities, self.heights, KNOTS)

    def log_slope(self, transforms: np.ndarray) -> np.ndarray:
        """Logarithm of the derivative of :meth:`corrected`: what the correction adds to a log density."""
        slopes = np.log(np.diff(self.heights) / np.diff(KNOTS))
        return slopes[np.clip(np.searchsorted(KNOTS, transforms, side="right") - 1, 0, len(slopes) - 1)]


@dataclass(frozen=True, eq=False)
class Factor:
    """q(u_k | curve, u_1 … u_{k−1}) on 0 … 1, in units where the prior density is 1."""

    members: Sequence[DensityNetwork]
    odd: np.ndarray
    calibration: Calibration

    def log_density(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) log density at ``values`` (n,): what the factor gains over the prior, in nats."""
        if not self.calibration.trust:
            return np.zeros(len(values))
        parts = []
        for rows in _slices(len(values), 1):
            mixture = self._mixture(features[rows], given[rows])
            u = _tensor(values[rows])
            parts.append(np.stack([mixture.log_density(u).numpy(), mixture.cumulative(u).numpy()]))
        log_q, below = np.concatenate(parts, axis=1).astype(np.float64)
        trust = self.calibration.trust
        shrunk = np.logaddexp(np.log(trust) + log_q, np.log1p(-trust)) if trust < 1 else log_q
        return shrunk + self.calibration.log_slope(trust * below + (1.0 - trust) * values)

    def cumulative(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) probability below ``values``: uniform between 0 and 1 if the factor is calibrated."""
        return self.calibration.corrected(self.transforms(features, given, values))

    def transforms(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) probability below ``values`` before the correction."""
        trust = self.calibration.trust
        if not trust:
            return np.asarray(values, dtype=np.float64)
        parts = [
            self._mixture(features[rows], given[rows]).cumulative(_tensor(values[rows])).numpy()
            for rows in _slices(len(values), 1)
        ]
        return np.clip(trust * np.concatenate(parts) + (1.0 - trust) * values, 0.0, 1.0)

    def quantiles(self, features: np.ndarray, given: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """(n, S) values with these probabilities (n, S) below them, ``given`` (n, S, k), by bisection to 2e-8."""
        z = self.calibration.uncorrected(probabilities)
        trust = self.calibration.trust
        if not trust:
            return z
        answers = np.empty_like(z)
        for rows in _slices(len(z), z.shape[1]):
            mixture, wanted = self._mixture(features[rows], given[rows]), _tensor(z[rows])
            low, high = torch.zeros_like(wanted), torch.ones_like(wanted)
            for _ in range(BISECTIONS):
                middle = 0.5 * (low + high)
                below = trust * mixture.cumulative(middle) + (1.0 - trust) * middle < wanted
                low, high = torch.where(below, middle, low), torch.where(below, high, middle)
            answers[rows] = (0.5 * (low + high)).numpy()
        return answers

    def _mixture(self, features: np.ndarray, given: np.ndarray) -> Mixture:
        """The average of all members over a curve and its mirror image."""
        there = torch.as_tensor(features)
        mirrored = torch.where(torch.as_tensor(self.odd), -there, there)
        labels = _tensor(given)
        with torch.no_grad():
            return Mixture.average([member(x, labels) for member in self.members for x in (there, mirrored)])


def _tensor(values: np.ndarray) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)


def _slices(count: int, samples: int) -> list[slice]:
    """Rows in portions of at most :data:`ROWS_AT_ONCE` densities."""
    width = max(1, ROWS_AT_ONCE // max(1, samples))
    return [slice(start, start + width) for start in range(0, count, width)]
