"""The networks of all horizons in one module, so that one weights file holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from harness.tasks.spins.surrogates.spin_graph.network import RemainderNetwork
from harness.tasks.spins.systems import TimeGrid


class Networks(nn.Module):
    """One :class:`RemainderNetwork` per horizon, shortest first.

    ``settings`` is a list of tables: ``horizon_s`` and the arguments of the network.
    """

    def __init__(self, settings: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        ordered = sorted(settings, key=lambda s: s["horizon_s"])
        self.horizons = tuple(float(s["horizon_s"]) for s in ordered)
        self.members = nn.ModuleList(
            RemainderNetwork.from_settings({k: v for k, v in s.items() if k != "horizon_s"}) for s in ordered
        )

    def for_grid(self, grid: TimeGrid) -> tuple[RemainderNetwork, float] | None:
        """The network of the shortest horizon that covers the grid and its horizon in seconds, or None."""
        for horizon, member in zip(self.horizons, self.members, strict=True):
            if grid.horizon_s <= horizon * (1 + 1e-9):
                return member, horizon  # type: ignore[return-value]
        return None
