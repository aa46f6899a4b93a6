"""The network of one factor of the posterior: features of a curve and the labels before it, to a density on 0 … 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from harness.surrogates.training.protocol import TrainableModel
from harness.tasks.echo.inference.logistics import Mixture
from harness.tasks.echo.training import Rows


@dataclass(frozen=True)
class DensitySettings:
    """Size of a network: features and given labels in, hidden units, components of the mixture, dropout."""

    features: int
    given: int
    width: int = 256
    layers: int = 3
    components: int = 6
    dropout: float = 0.1

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return dict(self.__dict__)


class DensityNetwork(nn.Module):
    """q(u_k | features, u_1 … u_{k−1}): dense layers with GELU, then a truncated mixture of logistics.

    The mixture starts wide, with locations spread over the range.
    """

    def __init__(self, settings: DensitySettings) -> None:
        super().__init__()
        self.settings = settings
        width, parts = settings.width, settings.components
        self.from_features = nn.Linear(settings.features, width)
        self.from_given = nn.Linear(settings.given, width, bias=False) if settings.given else None
        inner: list[nn.Module] = [nn.GELU(), nn.Dropout(settings.dropout)]
        for _ in range(settings.layers - 1):
            inner += [nn.Linear(width, width), nn.GELU(), nn.Dropout(settings.dropout)]
        self.inner = nn.Sequential(*inner)
        self.out = nn.Linear(width, 3 * parts)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            self.out.bias[parts : 2 * parts] = torch.linspace(0.1, 0.9, parts)
            self.out.bias[2 * parts :] = -2.0

    def forward(self, features: Tensor, given: Tensor) -> Mixture:
        """Features (n, F) and given labels (n, …, k) to mixtures (n, …)."""
        hidden = self.from_features(features)
        hidden = hidden.view(len(features), *[1] * (given.dim() - 2), hidden.shape[-1])
        if self.from_given is not None:
            hidden = hidden + self.from_given(given)
        return Mixture.of(self.out(self.inner(hidden)))


class TrainableDensity(TrainableModel):
    """One factor, for the common training loop: the loss is −log q of the true label.

    Every row is mirrored (Δ → −Δ: features in ``odd`` change sign, the labels stay) with probability 1/2.
    """

    name = "echo-density"

    def __init__(self, settings: DensitySettings, odd: np.ndarray) -> None:
        self.module = DensityNetwork(settings)
        self.odd = torch.as_tensor(odd)

    def settings(self) -> Mapping[str, Any]:
        """The sizes of the network."""
        return self.module.settings.as_dict()

    def prepare(self, blocks: Sequence[Rows]) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Features and targets of all rows, as tensors."""
        return (
            torch.as_tensor(np.concatenate([block.features for block in blocks])),
            torch.as_tensor(np.concatenate([block.targets for block in blocks]), dtype=torch.float32),
        )

    def batch(self, prepared: Any, rows: np.ndarray, device: torch.device) -> tuple[Tensor, Tensor]:
        """Rows, mirrored at random while the network is in training."""
        features, targets = (part[torch.as_tensor(rows)].to(device) for part in prepared)
        if self.module.training:
            mirrored = torch.rand(len(features), 1, device=device) < 0.5
            features = torch.where(mirrored & self.odd.to(device), -features, features)
        return features, targets

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Mean of −log q; the prior scores 0."""
        return -self._log_density(batch).mean(), {}

    def errors(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """(n,) −log q of each row."""
        return -self._log_density(batch)

    def _log_density(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        features, targets = batch
        place = self.module.settings.given
        return self.module(features, targets[:, :place]).log_density(targets[:, place])
