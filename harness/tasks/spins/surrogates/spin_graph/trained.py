"""Trained networks as arrays: answers need no torch, which takes longer to import than a thousand answers take.

Only the passes with dropout do; :attr:`TrainedNetworks.module` makes the training model for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.fast import FastNetwork
from harness.tasks.spins.systems import TimeGrid

if TYPE_CHECKING:
    from harness.tasks.spins.surrogates.spin_graph.networks import Networks


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """The network of one horizon; ``number`` is its place among them, shortest horizon first."""

    number: int
    horizon_s: float
    polynomials: int
    fast: FastNetwork


@dataclass(eq=False)
class TrainedNetworks:
    """The networks of all horizons.

    Parameters
    ----------
    settings
        A list of tables: ``horizon_s`` and the arguments of the network.
    arrays
        The weights, by the names that :class:`harness.tasks.spins.surrogates.spin_graph.networks.Networks` gives them.

    Raises
    ------
    ValueError
        If the weights are not those of networks of these settings.
    """

    settings: Sequence[Mapping[str, Any]]
    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        ordered = sorted(self.settings, key=lambda s: s["horizon_s"])
        self.members = tuple(self._member(number, given) for number, given in enumerate(ordered))
        counted = sum(name.startswith(f"members.{one.number}.") for one in self.members for name in self.arrays)
        if counted != len(self.arrays):
            raise ValueError(f"{len(self.arrays)} tensors for {len(self.members)} networks")

    @property
    def horizons(self) -> tuple[float, ...]:
        """Last times of the networks in seconds, shortest first."""
        return tuple(one.horizon_s for one in self.members)

    def for_grid(self, grid: TimeGrid) -> TrainedNetwork | None:
        """The network of the shortest horizon that covers the grid, or None."""
        return next((one for one in self.members if grid.horizon_s <= one.horizon_s * (1 + 1e-9)), None)

    @cached_property
    def module(self) -> Networks:
        """The training model with these weights, in evaluation mode."""
        import torch

        from harness.tasks.spins.surrogates.spin_graph.networks import Networks

        module = Networks(self.settings)
        module.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in self.arrays.items()})
        return module.eval()

    def _member(self, number: int, given: Mapping[str, Any]) -> TrainedNetwork:
        prefix = f"members.{number}."
        own = {name.removeprefix(prefix): value for name, value in self.arrays.items() if name.startswith(prefix)}
        network = TrainedNetwork(number, float(given["horizon_s"]), int(given["polynomials"]), FastNetwork.of(own))
        fast = network.fast
        found = (len(fast.rounds), fast.even_in.shape[1], *fast.even_out.shape)
        requested = (given["rounds"], 2 * given["width"], given["width"], 2 * network.polynomials)
        if found != requested:
            raise ValueError(f"rounds, width and outputs are {found}, {requested} by the settings")
        return network
