"""Mean curves as polynomials of the labels: least squares, nothing to train."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from harness.tasks.echo.forward.legendre import basis, powers

DEGREE = 7
SPREAD_DEGREE = 4
SMALLEST = 1e-12


class PolynomialModel(nn.Module):
    """Products of Legendre polynomials of the labels, of total degree up to 7 for the mean, 4 for the log spread.

    Methods as :class:`harness.tasks.echo.forward.networks.CurveNetwork`. A mean over draws is a smooth function of the
    labels; 120 functions of three labels leave an error of (120/n)^(1/2) spreads from n curves.
    """

    mean: Tensor
    log_sd: Tensor

    def __init__(self, labels: int, points: int) -> None:
        super().__init__()
        self.points = points
        self.powers, self.spread_powers = powers(labels, DEGREE), powers(labels, SPREAD_DEGREE)
        self.register_buffer("mean", torch.zeros(len(self.powers), 2 * points))
        self.register_buffer("log_sd", torch.zeros(len(self.spread_powers), 2 * points))

    def fit(self, labels: np.ndarray, cleaned: np.ndarray, curves: np.ndarray) -> None:
        """Least squares on labels (n, V) in 0 … 1.

        ``cleaned`` (n, T) are curves without most of the noise of their draws, which give the mean; the logarithm of
        the squared distances of ``curves`` (n, T) from it gives the spread.
        """
        design = basis(labels, self.powers)
        mean = np.linalg.lstsq(design, _parts(cleaned), rcond=None)[0]
        squares = np.log((_parts(curves) - design @ mean) ** 2 + SMALLEST)
        log_sd = 0.5 * np.linalg.lstsq(basis(labels, self.spread_powers), squares, rcond=None)[0]
        self.mean.copy_(torch.as_tensor(mean))
        self.log_sd.copy_(torch.as_tensor(log_sd))

    def curve(self, labels: Tensor) -> Tensor:
        """The mean, (n, 2, T)."""
        return self._sum(labels, self.powers, self.mean)

    def spread(self, labels: Tensor) -> Tensor:
        """The log sd, (n, 2, T)."""
        return self._sum(labels, self.spread_powers, self.log_sd)

    def _sum(self, labels: Tensor, degrees: np.ndarray, coefficients: Tensor) -> Tensor:
        design = torch.as_tensor(basis(labels.double().numpy(), degrees), dtype=coefficients.dtype)
        return (design @ coefficients).view(-1, 2, self.points)


def _parts(curves: np.ndarray) -> np.ndarray:
    """(n, 2 T) real parts, then imaginary parts."""
    return np.concatenate([np.real(curves), np.imag(curves)], axis=1).astype(np.float64)
