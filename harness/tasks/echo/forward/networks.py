"""Networks from labels to the mean curve and the spread of curves about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from harness.surrogates.fourier import FourierOperator
from harness.surrogates.training.protocol import TrainableModel
from harness.tasks.echo.training import Rows

COMPONENTS = 40
SMALLEST_SD = 1e-6
PADDING = 41
"""Zeros after a curve for the Fourier neural operator: 471 + 41 = 512."""


class ComponentNetwork(nn.Module):
    """Labels → dense layers → coefficients of principal components of M, and log standard deviations.

    Forward: labels (n, V) in 0 … 1 to the mean of Re M and Im M, (n, 2, T), and to the log sd of both, (n, 2, T).
    """

    mean: Tensor
    axes: Tensor

    def __init__(self, labels: int, points: int, components: int = COMPONENTS, width: int = 128) -> None:
        super().__init__()
        self.points = points
        self.trunk = nn.Sequential(
            nn.Linear(labels, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()
        )
        self.coefficients = nn.Linear(width, components)
        self.spread = _Spread(labels, points)
        self.register_buffer("mean", torch.zeros(2 * points))
        self.register_buffer("axes", torch.zeros(components, 2 * points))

    def start(self, curves: np.ndarray) -> None:
        """Take mean and principal axes of curves (n, T)."""
        parts = np.concatenate([np.real(curves), np.imag(curves)], axis=1).astype(np.float64)
        mean = parts.mean(0)
        _, sizes, axes = np.linalg.svd(parts - mean, full_matrices=False)
        count = len(self.axes)
        self.mean.copy_(torch.as_tensor(mean))
        self.axes.copy_(torch.as_tensor(axes[:count] * sizes[:count, None] / np.sqrt(len(parts))))

    def forward(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        mean = self.mean + self.coefficients(self.trunk(labels)) @ self.axes
        return mean.view(-1, 2, self.points), self.spread(labels)


class OperatorNetwork(nn.Module):
    """The same by a Fourier neural operator in time."""

    mean: Tensor
    scale: Tensor

    def __init__(self, labels: int, points: int, width: int = 12, layers: int = 3, modes: int = 64) -> None:
        super().__init__()
        few = min(modes, (points + PADDING) // 2)
        self.operator = FourierOperator(
            labels, 2, points, encoder=64, width=width, layers=layers, modes=few, padding=PADDING, dropout=0.0
        )
        self.spread = _Spread(labels, points)
        self.register_buffer("mean", torch.zeros(2, points))
        self.register_buffer("scale", torch.ones(()))

    def start(self, curves: np.ndarray) -> None:
        """Take mean and size of curves (n, T)."""
        parts = np.stack([np.real(curves), np.imag(curves)], axis=1).astype(np.float64)
        self.mean.copy_(torch.as_tensor(parts.mean(0)))
        self.scale.fill_(float(parts.std(0).mean()))

    def forward(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """See :class:`ComponentNetwork`."""
        return self.mean + self.scale * self.operator(labels), self.spread(labels)


class _Spread(nn.Module):
    """Labels to log standard deviations (n, 2, T), which start at 0.01; separate from the mean, so that the two do not
    affect each other."""

    def __init__(self, labels: int, points: int, width: int = 64) -> None:
        super().__init__()
        self.points = points
        self.trunk = nn.Sequential(nn.Linear(labels, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.out = nn.Linear(width, 2 * points)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            self.out.bias.fill_(float(np.log(0.01)))

    def forward(self, labels: Tensor) -> Tensor:
        return self.out(self.trunk(labels)).view(-1, 2, self.points)


NETWORKS: Mapping[str, Callable[[int, int], nn.Module]] = {"components": ComponentNetwork, "fno": OperatorNetwork}


class TrainableForward(TrainableModel):
    """A network of :data:`NETWORKS` for the common loop.

    ``Rows.features`` are labels in 0 … 1 (n, V), ``Rows.targets`` curves (n, 2, T). The loss of the mean is the squared
    error in units of the spread of all draws (their least squares is the mean over draws); that of the standard
    deviations is the Gaussian log likelihood of the residuals of the mean; it has no gradient with respect to the mean.
    """

    def __init__(self, kind: str, labels: int, points: int) -> None:
        self.name, self.module = f"echo-{kind}", NETWORKS[kind](labels, points)
        self.kind, self.sizes = kind, {"labels": labels, "points": points}

    def settings(self) -> Mapping[str, Any]:
        """Kind and sizes."""
        return {"kind": self.kind, **self.sizes}

    def prepare(self, blocks: Sequence[Rows]) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Labels and curves of all rows."""
        return (
            torch.as_tensor(np.concatenate([block.features for block in blocks])),
            torch.as_tensor(np.concatenate([block.targets for block in blocks])),
        )

    def batch(self, prepared: Any, rows: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor]:
        """These rows."""
        labels, curves = (part[torch.as_tensor(rows)].to(device) for part in prepared)
        return labels, curves

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Both parts; the mean's weighs 1e4, one over the square of a typical spread."""
        labels, curves = batch
        mean, log_sd = self.module(labels)
        squared = (curves - mean).square().mean()
        left = curves - mean.detach()
        likelihood = (log_sd + 0.5 * (left / (log_sd.exp() + SMALLEST_SD)).square().clamp(max=1e4)).mean()
        return 1e4 * squared + likelihood, {"rmse": squared.detach().sqrt()}

    def errors(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """(n,) root mean square of both parts about the predicted mean."""
        return (batch[1] - self.module(batch[0])[0]).square().mean((1, 2)).sqrt()
