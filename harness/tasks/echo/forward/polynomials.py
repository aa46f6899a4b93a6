"""Mean curves as polynomials of the labels: least squares, nothing to train."""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from torch import Tensor, nn

DEGREE = 7
SPREAD_DEGREE = 4
SMALLEST = 1e-12


class PolynomialModel(nn.Module):
    """Products of Legendre polynomials of the labels, of total degree up to 7 for the mean, 4 for the log spread.

    Forward as :class:`harness.tasks.echo.forward.networks.ComponentNetwork`. A mean over draws is a smooth function of
    the labels; 120 functions of three labels leave an error of (120/n)^(1/2) spreads from n curves.
    """

    mean: Tensor
    log_sd: Tensor

    def __init__(self, labels: int, points: int) -> None:
        super().__init__()
        self.points = points
        self.powers, self.spread_powers = _powers(labels, DEGREE), _powers(labels, SPREAD_DEGREE)
        self.register_buffer("mean", torch.zeros(len(self.powers), 2 * points))
        self.register_buffer("log_sd", torch.zeros(len(self.spread_powers), 2 * points))

    def fit(self, labels: np.ndarray, curves: np.ndarray) -> None:
        """Least squares of curves (n, T) on labels (n, V) in 0 … 1; of the logarithm of the squares that are left."""
        parts = np.concatenate([np.real(curves), np.imag(curves)], axis=1).astype(np.float64)
        basis = _basis(labels, self.powers)
        mean = np.linalg.lstsq(basis, parts, rcond=None)[0]
        squares = np.log((parts - basis @ mean) ** 2 + SMALLEST)
        self.mean.copy_(torch.as_tensor(mean))
        self.log_sd.copy_(
            torch.as_tensor(0.5 * np.linalg.lstsq(_basis(labels, self.spread_powers), squares, rcond=None)[0])
        )

    def forward(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        unit = labels.double().numpy()
        mean = torch.as_tensor(_basis(unit, self.powers)) @ self.mean.double()
        log_sd = torch.as_tensor(_basis(unit, self.spread_powers)) @ self.log_sd.double()
        return mean.view(-1, 2, self.points), log_sd.view(-1, 2, self.points)


def _powers(labels: int, degree: int) -> list[tuple[int, ...]]:
    """Degrees of the factors of every product, total at most ``degree``."""
    return [powers for powers in product(range(degree + 1), repeat=labels) if sum(powers) <= degree]


def _basis(labels: np.ndarray, powers: list[tuple[int, ...]]) -> np.ndarray:
    """(n, len(powers)) products of Legendre polynomials on −1 … 1."""
    highest = max(max(one) for one in powers)
    factors = [np.polynomial.legendre.legvander(2.0 * column - 1.0, highest) for column in labels.T]
    return np.stack([np.prod([f[:, k] for f, k in zip(factors, one, strict=True)], axis=0) for one in powers], axis=1)
