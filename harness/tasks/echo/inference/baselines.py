"""Estimators that a posterior has to beat: the middle of the prior, ridge regression, and two plain networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from harness.surrogates.training.protocol import TrainableModel
from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.inference.ridge import Ridge
from harness.tasks.echo.labels import Prior
from harness.tasks.echo.training import Rows, trained


class Estimator(Protocol):
    """Point estimates of all labels from curves (n, T)."""

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        ...


@dataclass(frozen=True, eq=False)
class MiddleOfPrior:
    """The middle of every range, whatever the curve: 41.67 of the challenge's score for each label."""

    prior: Prior

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        return np.tile(self.prior.from_unit(np.full(len(self.prior.labels), 0.5)), (len(m), 1))


@dataclass(frozen=True, eq=False)
class RidgeEstimator:
    """Ridge regression, cut to the ranges."""

    prior: Prior
    ridge: Ridge

    @classmethod
    def fit(cls, curves: CurveSet) -> RidgeEstimator:
        """On a set with labels."""
        return cls(curves.prior, Ridge.fit(curves.m, curves.prior.to_unit(curves.known_labels())))

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        return self.prior.from_unit(np.clip(self.ridge.predict(m), 0.0, 1.0))


class ExampleNetwork(nn.Sequential):
    """The layers of the challenge's example notebook (2020): 2T → 2T → T → 16 → V with rectified linear units."""

    def __init__(self, points: int, labels: int) -> None:
        full = 2 * points
        super().__init__(
            nn.Flatten(),
            nn.Linear(full, full),
            nn.ReLU(),
            nn.Linear(full, full // 2),
            nn.ReLU(),
            nn.Linear(full // 2, 16),
            nn.ReLU(),
            nn.Linear(16, labels),
        )


class ConvolutionalNetwork(nn.Sequential):
    """Five convolutions over time with strides of 2, means over what is left of it, two dense layers."""

    def __init__(self, points: int, labels: int) -> None:
        channels, layers = (2, 24, 32, 48, 64, 96), []
        for before, after in pairwise(channels):
            layers += [nn.Conv1d(before, after, 7, stride=2, padding=3), nn.BatchNorm1d(after), nn.GELU()]
        super().__init__(
            *layers, nn.AdaptiveAvgPool1d(8), nn.Flatten(), nn.Linear(768, 128), nn.GELU(), nn.Linear(128, labels)
        )


NETWORKS: Mapping[str, Callable[[int, int], nn.Module]] = {
    "example": ExampleNetwork,
    "convolutional": ConvolutionalNetwork,
}
LOOPS = {
    "example": Recipe(epochs=15, batch_size=32, learning_rate=1e-3, checkpoint_every=5, keep=1, validate_every=15),
    "convolutional": Recipe(
        epochs=30,
        batch_size=64,
        learning_rate=2e-3,
        weight_decay=1e-2,
        warmup_steps=100,
        checkpoint_every=5,
        keep=1,
        validate_every=30,
    ),
}
"""The example network has its own number of passes and AdamW instead of plain gradient descent, which helps it."""


class TrainablePoint(TrainableModel):
    """A network that estimates labels as fractions of their ranges, for the common loop: smooth L1 loss.

    ``Rows.features`` are curves (n, 2, T), divided by their root mean square in training; mirrored at random.
    """

    name = "echo-point"

    def __init__(self, module: nn.Module, kind: str) -> None:
        self.module, self.kind = module, kind

    def settings(self) -> Mapping[str, Any]:
        """The kind of network."""
        return {"kind": self.kind}

    def prepare(self, blocks: Sequence[Rows]) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Curves and targets of all rows."""
        return (
            torch.as_tensor(np.concatenate([block.features for block in blocks])),
            torch.as_tensor(np.concatenate([block.targets for block in blocks])),
        )

    def batch(self, prepared: Any, rows: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor]:
        """Rows, the real part with a random sign while the network is in training."""
        curves, targets = (part[torch.as_tensor(rows)].to(device) for part in prepared)
        if self.module.training:
            signs = torch.ones(len(curves), 2, 1, device=device)
            signs[:, 0, 0] = 1.0 - 2.0 * (torch.rand(len(curves), device=device) < 0.5)
            curves = curves * signs
        return curves, targets

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Smooth L1."""
        return nn.functional.smooth_l1_loss(self.module(batch[0]), batch[1], beta=0.1), {}

    def errors(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """(n,) root mean square over the labels."""
        return (self.module(batch[0]) - batch[1]).square().mean(1).sqrt()


@dataclass(frozen=True, eq=False)
class NetworkEstimator:
    """A trained point network; the answers for a curve and its mirror image are averaged."""

    prior: Prior
    module: nn.Module
    scale: float

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        curves = torch.as_tensor(_channels(m, self.scale))
        mirror = torch.tensor([[-1.0], [1.0]])
        with torch.no_grad():
            answers = 0.5 * (self.module(curves) + self.module(curves * mirror))
        return self.prior.from_unit(np.clip(answers.double().numpy(), 0.0, 1.0))


def train_network(kind: str, curves: CurveSet, held: CurveSet, folder: str | Path, loop: Recipe) -> NetworkEstimator:
    """Train one of :data:`NETWORKS`, resumably; ``held`` is watched and not trained on."""
    scale = float(np.sqrt(np.mean(np.abs(curves.m) ** 2)))
    rows, checked = (
        Rows(_channels(part.m, scale), part.prior.to_unit(part.known_labels()).astype(np.float32))
        for part in (curves, held)
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(loop.seed)
        module = NETWORKS[kind](curves.m.shape[1], len(curves.prior.labels))
    trainable = TrainablePoint(module, kind)
    module = trained(trainable, rows, checked, loop, Path(folder), {"curves": dict(curves.recipe)})
    return NetworkEstimator(curves.prior, module, scale)


def _channels(m: np.ndarray, scale: float) -> np.ndarray:
    """(n, 2, T) float32."""
    return (np.stack([np.real(m), np.imag(m)], axis=1) / scale).astype(np.float32)
