"""The learned remainder as a function of time.

    r(t) = e^{iΩ_c t} · 1/n Σ_k e^{i(Ω_k - Ω_c)t} x³ Σ_m c_km T_m(2x - 1),   x = t/horizon,

Ω_c the middle of the offsets. The sum is slow enough for a few dozen Chebyshev points of the grid's span; a fixed
matrix takes it from there to the grid (barycentric interpolation, error below 1e-9 of r).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, pi

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.fast import FastGraph
from harness.tasks.spins.surrogates.spin_graph.graphs import bond_parameters, bonds_of, same_graph_batch, watched_bonds
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.surrogates.spin_graph.rotations import rotations
from harness.tasks.spins.surrogates.spin_graph.trained import TrainedNetworks
from harness.tasks.spins.systems import TimeGrid

KEPT = 256
STEP = 8


@dataclass(frozen=True, eq=False)
class Nodes:
    """Chebyshev points of a grid: ``turns`` (n,) times over 2π, ``basis`` (polynomials, n), ``to_grid`` (n, T)."""

    turns: np.ndarray
    basis: np.ndarray
    to_grid: np.ndarray

    @cached_property
    def complex_basis(self) -> np.ndarray:
        """(2·polynomials, 2n): from real, then imaginary parts of coefficients to complex numbers."""
        polynomials, count = self.basis.shape
        out = np.zeros((2, polynomials, count, 2))
        out[0, ..., 0] = out[1, ..., 1] = self.basis
        return out.reshape(2 * polynomials, 2 * count)


def nodes_of(grid: TimeGrid, count: int, horizon_s: float, polynomials: int) -> Nodes:
    """``count`` points on [0, last time]; as many as the grid has if that is less."""
    times = grid.times_s
    if count >= grid.points:
        matrix = np.eye(grid.points)
        points = times
    else:
        angle = pi * (np.arange(count) + 0.5) / count
        points = 0.5 * grid.horizon_s * (1 + np.cos(angle))
        at_grid = np.cos(np.arange(count) * np.arccos(np.clip(2 * times / grid.horizon_s - 1, -1, 1))[:, None])
        weight = np.where(np.arange(count) == 0, 1.0, 2.0) / count
        matrix = (at_grid * weight) @ np.cos(np.arange(count)[:, None] * angle)
    return Nodes(points / (2 * pi), time_basis(points / horizon_s, polynomials), np.ascontiguousarray(matrix.T))


def time_basis(x: np.ndarray, polynomials: int) -> np.ndarray:
    """x³ T_m(2x - 1) for m < polynomials, (polynomials, n), x = t/horizon (n,): as the training model has it."""
    return x**3 * np.cos(np.arange(polynomials)[:, None] * np.arccos(np.clip(2 * x - 1, -1, 1)))


@dataclass(eq=False)
class Remainder:
    """Evaluates trained networks on groups of systems."""

    networks: TrainedNetworks
    _graphs: dict[Hashable, FastGraph] = field(default_factory=dict)
    _nodes: dict[Hashable, Nodes] = field(default_factory=dict)

    def __call__(self, group: Group, grid: TimeGrid, per_spin: bool = False, mc: bool = False) -> np.ndarray | None:
        """r in the frame of ``group.centre``: (B, T), or n·(r of each observed spin) (B, n_observed, T).

        None where there is nothing to add: no network reaches the grid's end, or no component has four spins.
        ``mc`` runs the training model, dropout included if that is on.
        """
        network = self.networks.for_grid(grid)
        graph = self.graph(group)
        if network is None or not graph.bonds.active.any():
            return None
        if mc:
            import torch

            with torch.no_grad():
                found = self.networks.module.members[network.number](same_graph_batch(graph.bonds, group))
            real, imag = (c.double().numpy() for c in found)
        else:
            found = network.fast.coefficients(graph, *bond_parameters(graph.bonds, group))
            real, imag = (c.reshape(-1, network.polynomials) for c in found)
        detuning = group.offsets - group.centre[:, None]
        nodes = self.nodes(detuning, grid, network.horizon_s, network.polynomials)
        turns = detuning.T[:, :, None] * nodes.turns
        cosine, sine = rotations(turns)
        a = (real @ nodes.basis).reshape(turns.shape)
        b = (imag @ nodes.basis).reshape(turns.shape)
        x, y = a * cosine - b * sine, a * sine + b * cosine
        if per_spin:
            watched = list(group.observed)
            x, y = x[watched].transpose(1, 0, 2), y[watched].transpose(1, 0, 2)
        else:
            share = 1 / len(group.observed)
            x, y = x.sum(axis=0) * share, y.sum(axis=0) * share
        out = np.empty((*x.shape[:-1], grid.points), np.complex128)
        out.real = x @ nodes.to_grid
        out.imag = y @ nodes.to_grid
        return out

    def nodes(self, detuning: np.ndarray, grid: TimeGrid, horizon: float, polynomials: int) -> Nodes:
        """As many points as frequencies up to the largest of ``detuning`` (rad/s) need."""
        phase = 0.5 * float(np.abs(detuning).max()) * grid.horizon_s
        count = ceil((phase + 3 * phase ** (1 / 3) + 16) / STEP) * STEP
        key = (grid, min(count, grid.points), horizon)
        if key not in self._nodes:
            if len(self._nodes) >= KEPT:
                self._nodes.clear()
            self._nodes[key] = nodes_of(grid, count, horizon, polynomials)
        return self._nodes[key]

    def graph(self, group: Group) -> FastGraph:
        """The bonds of a group's graph."""
        if self not in group.memo:
            group.memo[self] = self._graph_of(group)
        return group.memo[self]

    def _graph_of(self, group: Group) -> FastGraph:
        key = ((group.visible[0] != 0).tobytes(), group.isotopes, group.observed)
        if key not in self._graphs:
            if len(self._graphs) >= KEPT:
                self._graphs.clear()
            self._graphs[key] = FastGraph.of(bonds_of(watched_bonds(group)), group.spins)
        return self._graphs[key]
