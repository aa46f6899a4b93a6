"""One factor of the posterior, ready for use: members averaged, shrunk towards the prior, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import betainc, betaincinv, betaln, xlog1py, xlogy
from torch import Tensor

from harness.tasks.echo.inference.density_network import DensityNetwork
from harness.tasks.echo.inference.logistics import BISECTIONS, Mixture

ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Calibration:
    """What a factor learned from calibration curves.

    ``trust`` λ weighs the networks against the prior: λ q + (1 − λ); 0 where they gained nothing that is significant,
    so that the posterior is the prior. ``shape`` (a, b): the probability integral transform of the truth follows the
    beta distribution with these parameters; (1, 1) needs no correction, both below 1 means too narrow.
    """

    trust: float = 1.0
    shape: tuple[float, float] = (1.0, 1.0)


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
        trust, (a, b) = self.calibration.trust, self.calibration.shape
        shrunk = np.logaddexp(np.log(trust) + log_q, np.log1p(-trust)) if trust < 1 else log_q
        z = np.clip(trust * below + (1.0 - trust) * values, 1e-7, 1.0 - 1e-7)
        return shrunk + xlogy(a - 1.0, z) + xlog1py(b - 1.0, -z) - betaln(a, b)

    def cumulative(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) probability below ``values``: uniform between 0 and 1 if the factor is calibrated."""
        return betainc(*self.calibration.shape, self.uncorrected(features, given, values))

    def uncorrected(self, features: np.ndarray, given: np.ndarray, values: np.ndarray) -> np.ndarray:
        """(n,) probability below ``values`` before the correction by the beta distribution."""
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
        z = betaincinv(*self.calibration.shape, probabilities)
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
