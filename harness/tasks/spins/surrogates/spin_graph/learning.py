"""spin-graph for the trainer: only the remainder is learned, so the zeroth order is computed once per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import tau
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.errors import InputError
from harness.surrogates.training.protocol import TrainableModel
from harness.tasks.spins.data.block import Block
from harness.tasks.spins.surrogates.spin_graph.expansion import THRESHOLD, Expansion
from harness.tasks.spins.surrogates.spin_graph.graphs import Bonds, bonds_of, graph_batch, watched_bonds
from harness.tasks.spins.surrogates.spin_graph.groups import grouped
from harness.tasks.spins.surrogates.spin_graph.network import GraphBatch, time_basis
from harness.tasks.spins.surrogates.spin_graph.networks import Networks
from harness.tasks.spins.systems import TimeGrid
from harness.tasks.spins.systems.phases import phases

FLOOR = 2e-5
"""Errors far below this (RMSE of M) count little in the loss."""
CHUNK = 16


@dataclass(frozen=True, eq=False)
class Row:
    """One training row: its graph, parameters in Hz, and the remainder M_exact - M_0."""

    bonds: Bonds
    offsets_hz: np.ndarray
    couplings_hz: np.ndarray
    share: np.ndarray
    remainder: np.ndarray


@dataclass(frozen=True, eq=False)
class RemainderBatch:
    """Some rows. ``cosine``/``sine`` (nodes, T) are the spins' frames; ``system`` and ``share`` (nodes,) are the row of
    a spin and its weight; ``times`` are over the horizon; ``target`` (B, 2, T) is the remainder.
    """

    graph: GraphBatch
    times: Tensor
    cosine: Tensor
    sine: Tensor
    system: Tensor
    share: Tensor
    target: Tensor


class SpinGraphTrainable(TrainableModel):
    """The remainder network of the horizon that the data are on.

    The loss is the mean over rows of sqrt(RMSE²/floor² + 1): the mean RMSE is what the targets name, and its gradient
        does not vanish where the error is already small.
    """

    name = "spin-graph"

    measure = "RMSE of M"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = dict(settings)
        self.module = Networks(settings["networks"])
        self._expansion = Expansion(float(settings.get("threshold", THRESHOLD)))
        self._grid: TimeGrid | None = None

    def settings(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return self._settings

    def prepare(self, blocks: Sequence[Block]) -> list[Row]:
        """Zeroth order and remainder of every row."""
        rows: list[Row] = []
        for block in blocks:
            if self._grid is None:
                self._grid = block.grid
            if block.grid != self._grid:
                raise InputError(f"spin-graph: part {block.part!r} is on {block.grid}, others on {self._grid}")
            found: dict[int, Row] = {}
            for group in grouped(block.systems()):
                bonds = bonds_of(watched_bonds(group))
                share = np.isin(np.arange(group.spins), group.observed) / len(group.observed)
                for start in range(0, len(group), CHUNK):
                    part = group.take(slice(start, start + CHUNK))
                    zeroth = self._expansion.transverse(part, block.grid, per_spin=False)
                    for b, row in enumerate(part.rows):
                        remainder = (block.m[row] - zeroth[b]).astype(np.complex64)
                        found[int(row)] = Row(bonds, part.offsets[b] / tau, part.visible[b] / tau, share, remainder)
            rows.extend(found[k] for k in range(len(block)))
        return rows

    def batch(self, prepared: list[Row], rows: np.ndarray, device: torch.device) -> RemainderBatch:
        """Gather rows."""
        assert self._grid is not None
        chosen = [prepared[r] for r in rows]
        graph = graph_batch([r.bonds for r in chosen], [r.offsets_hz for r in chosen], [r.couplings_hz for r in chosen])
        frames: np.ndarray = phases(tau * np.concatenate([r.offsets_hz for r in chosen]), self._grid)
        target: np.ndarray = np.stack([r.remainder for r in chosen])
        found = self.module.for_grid(self._grid)
        if found is None:
            raise InputError(f"spin-graph: no network reaches {self._grid.horizon_s} s; add one to the settings")

        def tensor(values: np.ndarray) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device=device, dtype=torch.float32)

        return RemainderBatch(
            GraphBatch(graph.nodes, *(x.to(device) for x in list(vars(graph).values())[1:])),
            tensor(self._grid.times_s / found[1]),
            tensor(np.real(frames)),
            tensor(np.imag(frames)),
            torch.from_numpy(np.repeat(np.arange(len(chosen)), [len(r.share) for r in chosen])).to(device),
            tensor(np.concatenate([r.share for r in chosen])),
            torch.stack([tensor(np.real(target)), tensor(np.imag(target))], 1),
        )

    def remainder(self, batch: RemainderBatch) -> Tensor:
        """(B, 2, T): the network's remainder of Mx and My."""
        assert self._grid is not None
        found = self.module.for_grid(self._grid)
        assert found is not None
        real, imag = found[0](batch.graph)
        basis = time_basis(batch.times, found[0].polynomials)
        a, b = real @ basis * batch.share[:, None], imag @ basis * batch.share[:, None]
        both = torch.stack([a * batch.cosine - b * batch.sine, a * batch.sine + b * batch.cosine], 1)
        return torch.zeros_like(batch.target).index_add(0, batch.system, both)

    def loss(self, batch: RemainderBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean of sqrt(RMSE²/floor² + 1) over rows."""
        square = self._square(batch)
        return (square / FLOOR**2 + 1).sqrt().mean(), {"rmse": square.detach().sqrt().mean()}

    def errors(self, batch: RemainderBatch) -> Tensor:
        """(B,) RMSE of M."""
        return self._square(batch).sqrt()

    def _square(self, batch: RemainderBatch) -> Tensor:
        return (self.remainder(batch) - batch.target).square().sum(1).mean(1) / 2
