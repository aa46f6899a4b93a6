"""A multi-head dense network: one trunk, one head per observable."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


class MultiHead(nn.Module):
    """θ → ``layers`` dense layers of ``width`` units (the trunk) → per observable one hidden layer and T outputs."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        points: int,
        width: int = 256,
        layers: int = 3,
        head: int = 64,
        dropout: float = 0.05,
    ) -> None:
        super().__init__()
        sizes = [inputs, *[width] * layers]
        trunk: list[nn.Module] = []
        for before, after in pairwise(sizes):
            trunk += [nn.Linear(before, after), nn.GELU(), nn.Dropout(dropout)]
        self.trunk = nn.Sequential(*trunk)
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(width, head), nn.GELU(), nn.Linear(head, points)) for _ in range(outputs)
        )

    def forward(self, theta: Tensor, functions: Tensor | None = None) -> Tensor:
        """θ (batch, inputs) to (batch, outputs, T); a dense network does not support input functions."""
        if functions is not None:
            raise ValueError("a dense network takes no input functions")
        hidden = self.trunk(theta)
        return torch.stack([head(hidden) for head in self.heads], dim=1)
