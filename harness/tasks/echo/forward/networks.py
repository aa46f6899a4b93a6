"""Networks from labels to the mean curve and the spread of curves about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
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


class CurveNetwork(nn.Module, ABC):
    """Labels (n, V) in 0 … 1 to the mean of Re M and Im M, (n, 2, T), and to the log sd of both, (n, 2, T).

    The two parts share no parameters: who wants the mean alone calls :meth:`curve`, at half the cost.
    """

    spread: nn.Module

    @abstractmethod
    def start(self, curves: np.ndarray) -> None:
        """Take scales from curves (n, T)."""

    @abstractmethod
    def curve(self, labels: Tensor) -> Tensor:
        """The mean, (n, 2, T)."""

    def forward(self, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Both parts."""
        return self.curve(labels), self.spread(labels)


class ComponentNetwork(CurveNetwork):
    """Labels → dense layers → coefficients of principal components of M."""

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

    def curve(self, labels: Tensor) -> Tensor:
        """The mean, (n, 2, T)."""
        coefficients = self.coefficients(self.trunk(2.0 * labels - 1.0))
        return torch.addmm(self.mean, coefficients, self.axes).view(-1, 2, self.points)


class OperatorNetwork(CurveNetwork):
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

    def curve(self, labels: Tensor) -> Tensor:
        """The mean, (n, 2, T)."""
        return self.mean + self.scale * self.operator(labels)


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


NETWORKS: Mapping[str, Callable[[int, int], CurveNetwork]] = {"components": ComponentNetwork, "fno": OperatorNetwork}


class TrainableForward(TrainableModel):
    """A network of :data:`NETWORKS` for the common loop.

    ``Rows.features`` are labels in 0 … 1 (n, V), ``Rows.targets`` are (n, 4, T): curves without most of the noise of
    their draws (:mod:`harness.tasks.echo.forward.response`), and the curves themselves, real and imaginary parts. The
    loss of the mean is the squared distance from the first (their least squares is the mean over draws); that of the
    standard deviations is the Gaussian log likelihood of the second about the mean; it has no gradient with respect to
    the mean.
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
        squared = (curves[:, :2] - mean).square().mean()
        left = curves[:, 2:] - mean.detach()
        likelihood = (log_sd + 0.5 * (left / (log_sd.exp() + SMALLEST_SD)).square().clamp(max=1e4)).mean()
        return 1e4 * squared + likelihood, {"rmse": squared.detach().sqrt()}

    def errors(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """(n,) root mean square of both parts about the predicted mean."""
        return (batch[1][:, :2] - self.module.curve(batch[0])).square().mean((1, 2)).sqrt()  # type: ignore[operator]
