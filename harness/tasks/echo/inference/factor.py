"""One factor of the posterior, ready for use: members averaged, shrunk towards the prior, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from harness.tasks.echo.inference.correction import Calibration
from harness.tasks.echo.inference.density_network import DensityNetwork
from harness.tasks.echo.inference.logistics import BISECTIONS, Mixture

ROWS_AT_ONCE = 200_000


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
        log_q, below, places = self._evaluated(features, given, values)
        trust = self.calibration.trust
        shrunk = np.logaddexp(np.log(trust) + log_q, np.log1p(-trust)) if trust < 1 else log_q
        return shrunk + self.calibration.log_slope(trust * below + (1.0 - trust) * values, places)

    def cumulative(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) probability below ``values``: uniform between 0 and 1 if the factor is calibrated."""
        return self.calibration.corrected(*self.transforms(features, given, values))

    def transforms(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n,) probability below ``values`` before the correction, and (n,) what the networks predict on average."""
        trust, values = self.calibration.trust, np.asarray(values, dtype=np.float64)
        if not trust:
            return values, np.full_like(values, 0.5)
        _, below, places = self._evaluated(features, given, values)
        return np.clip(trust * below + (1.0 - trust) * values, 0.0, 1.0), places

    def quantiles(self, features: np.ndarray, given: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """(n, S) values with these probabilities (n, S) below them, ``given`` (n, S, k), by bisection to 2e-8."""
        trust = self.calibration.trust
        if not trust:
            return probabilities
        answers = np.empty_like(probabilities)
        for rows in _slices(*probabilities.shape):
            mixture = self._mixture(features[rows], given[rows])
            wanted = _tensor(self.calibration.uncorrected(probabilities[rows], mixture.centre().double().numpy()))
            low, high = torch.zeros_like(wanted), torch.ones_like(wanted)
            for _ in range(BISECTIONS):
                middle = 0.5 * (low + high)
                below = trust * mixture.cumulative(middle) + (1.0 - trust) * middle < wanted
                low, high = torch.where(below, middle, low), torch.where(below, high, middle)
            answers[rows] = (0.5 * (low + high)).numpy()
        return answers

    def _evaluated(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(3, n) float64: log density of the networks at ``values``, probability below them, average prediction."""
        parts = []
        for rows in _slices(len(values), 1):
            mixture, u = self._mixture(features[rows], given[rows]), _tensor(values[rows])
            parts.append(torch.stack([mixture.log_density(u), mixture.cumulative(u), mixture.centre()]).numpy())
        return np.concatenate(parts, axis=1).astype(np.float64)

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
