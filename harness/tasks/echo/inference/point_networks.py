"""Networks that estimate labels without an uncertainty: the challenge's example, and a convolutional network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from harness.surrogates.training.protocol import TrainableModel
from harness.surrogates.training.recipe import Recipe
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.labels import Prior
from harness.tasks.echo.training import Report, Rows, silent, trained

SCHEMA = "echo-point-1"


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

    kind: str
    prior: Prior
    module: nn.Module
    scale: float
    points: int

    def estimate(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels."""
        curves = torch.as_tensor(_channels(m, self.scale))
        mirror = torch.tensor([[-1.0], [1.0]])
        with torch.no_grad():
            answers = 0.5 * (self.module(curves) + self.module(curves * mirror))
        return self.prior.from_unit(np.clip(answers.double().numpy(), 0.0, 1.0))

    def save(self, path: str | Path) -> None:
        """Write one weights file with a checksum."""
        record = {"prior": self.prior.as_list(), "scale": self.scale, "points": self.points}
        save_weights(path, f"echo-{self.kind}", record, self.module.state_dict(), SCHEMA)


def load_network(path: str | Path, kind: str) -> NetworkEstimator:
    """Read a network that :meth:`NetworkEstimator.save` wrote.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another kind.
    """
    weights = read_weights(path, f"echo-{kind}", SCHEMA, f"train it anew with 'harness echo train {kind}'")
    prior, points = Prior.from_list(weights.record["prior"]), int(weights.record["points"])
    module = NETWORKS[kind](points, len(prior.labels))
    module.load_state_dict(dict(weights.tensors))
    return NetworkEstimator(kind, prior, module.eval(), float(weights.record["scale"]), points)


def train_network(
    kind: str, curves: CurveSet, held: CurveSet, folder: str | Path, loop: Recipe | None = None, report: Report = silent
) -> NetworkEstimator:
    """Train one of :data:`NETWORKS`, resumably, and write ``folder/point-<kind>.safetensors``.

    ``held`` is watched and not trained on.
    """
    loop = loop or LOOPS[kind]
    scale = float(np.sqrt(np.mean(np.abs(curves.m) ** 2)))
    rows, checked = (
        Rows(_channels(part.m, scale), part.prior.to_unit(part.known_labels()).astype(np.float32))
        for part in (curves, held)
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(loop.seed)
        module = NETWORKS[kind](curves.m.shape[1], len(curves.prior.labels))
    trainable = TrainablePoint(module, kind)
    place, identity = Path(folder) / kind, {"curves": dict(curves.recipe)}
    module = trained(trainable, rows, checked, loop, place, identity, partial(report, kind))
    estimator = NetworkEstimator(kind, curves.prior, module, scale, curves.m.shape[1])
    estimator.save(Path(folder) / f"point-{kind}.safetensors")
    return estimator


def _channels(m: np.ndarray, scale: float) -> np.ndarray:
    """(n, 2, T) float32."""
    return (np.stack([np.real(m), np.imag(m)], axis=1) / scale).astype(np.float32)
