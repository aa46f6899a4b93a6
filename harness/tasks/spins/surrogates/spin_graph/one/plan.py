"""What depends on the graph of a system alone, and the signals of one system from it.

One matrix turns offsets and couplings into those of all clusters in all configurations of their surroundings (and of
the bonds, for the network). Double precision costs no more than single.

I_1z has few lines and is summed directly: with n = aB + b, exp(iωn dt) = exp(iωaB dt)·exp(iωb dt) makes the sum over
lines one small matrix product. Lines inside a block come as ±ω; the remainder to 1 at t = 0 is constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, isqrt, tau

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.environment import Configurations, configurations
from harness.tasks.spins.surrogates.spin_graph.expansion import Expansion
from harness.tasks.spins.surrogates.spin_graph.graphs import Bonds
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.surrogates.spin_graph.lines import band_for, moment_products
from harness.tasks.spins.surrogates.spin_graph.one.clusters import Side, Table, shape_of
from harness.tasks.spins.surrogates.spin_graph.one.network import OneNetwork
from harness.tasks.spins.surrogates.spin_graph.remainder import Remainder
from harness.tasks.spins.surrogates.spin_graph.trained import TrainedNetwork
from harness.tasks.spins.systems import TimeGrid

Array = np.ndarray
LARGEST = 160
"""Evaluations of one cluster size from which on the general method, vectorised over them, is the faster one."""
CHOSEN = 320
"""Evaluations of larger clusters, chosen or not, from which on listing them takes too long and too much memory."""


@dataclass(frozen=True, eq=False)
class OnePlan:
    """All that depends on the graph alone.

    ``places`` are its bonds in the flattened (N, N) couplings; ``matrix`` (N + bonds, inputs) turns offsets and
    couplings in rad/s into J and D of the directed ``bonds`` in Hz and the inputs of all tables. ``trees``
    (chosen clusters of M, then of I_1z, trees, bonds) are numbers of directed bonds.
    """

    spins: int
    places: Array
    bonds: Bonds
    matrix: Array
    trees: Array
    transverse: Side
    longitudinal: Side
    _networks: dict[TrainedNetwork, OneNetwork] = field(default_factory=dict)

    @classmethod
    def of(cls, expansion: Expansion, group: Group, bonds: Bonds) -> OnePlan | None:
        """The plan of a group's graph, or None if it needs the general method."""
        if not group.all_alike or group.visible is not group.couplings:
            return None
        prepared = [expansion.plan(group, longitudinal) for longitudinal in (False, True)]
        if any(one.rest or any(len(table.cluster) > LARGEST for table in one.listed) for one in prepared):
            return None
        if max(sum(len(kind) << kind.neighbours for kind in one.plan.chosen) for one in prepared) > CHOSEN:
            return None
        chosen = [configurations(one.plan.chosen, group.spins) for one in prepared]
        if any(rest for _, rest in chosen):
            return None
        spins, count = group.spins, len(bonds.target)
        upper, lower = np.triu(group.couplings[0]).nonzero()
        number = np.full((spins, spins), -1)
        number[upper, lower] = number[lower, upper] = spins + np.arange(len(upper))
        edge = np.zeros((spins + len(upper), 2, count))
        every = np.arange(count)
        edge[number[bonds.target, bonds.source], 0, every] = 1 / tau
        edge[bonds.source, 1, every] = 1 / tau
        edge[bonds.target, 1, every] = -1 / tau
        maps = [edge.reshape(len(edge), -1)]
        sides = []
        for longitudinal, one, (more, _) in zip((False, True), prepared, chosen, strict=True):
            tables = []
            for table in (*one.listed, *more):
                first = sum(m.shape[1] for m in maps)
                maps.append(_inputs(table, number))
                n = len(table.spins)
                scale = 2.0 ** (3 - n) if longitudinal else 2.0 ** (1 - n) / spins
                place = slice(first, first + maps[-1].shape[1])
                tables.append(Table(shape_of(n), place, table.cluster, table.share * scale))
            cut = len(one.listed)
            sides.append(Side.of(longitudinal, tables[:cut], tables[cut:], one.plan))
        return cls(
            spins, upper * spins + lower, bonds, np.concatenate(maps, axis=1),
            _trees([t for one in prepared for t in one.plan.bonds], bonds, spins), sides[0], sides[1],
        )  # fmt: skip

    def signals(
        self, expansion: Expansion, remainder: Remainder | None, group: Group, grid: TimeGrid
    ) -> tuple[Array, Array, float]:
        """M (T,), complex, I_1z (T,), and the largest |r| of the learned remainder."""
        n, centre = self.spins, float(group.centre[0])
        values = np.empty(len(self.matrix))
        np.subtract(group.offsets[0], centre, out=values[:n])
        values[n:] = group.couplings.ravel()[self.places]
        inputs = values @ self.matrix
        bonds = inputs[: 2 * len(self.bonds.target)].reshape(2, -1)
        picked = self._picked(expansion.least(grid), bonds)
        of_m = len(self.transverse.correction)
        added = None if remainder is None else self._remainder(remainder, bonds, values[:n], grid)
        frequencies, weights = self.transverse.lines(inputs, picked[:of_m])
        band = band_for(max(float(frequencies.max()), -float(frequencies.min())))
        kernel = expansion.kernel(grid, band)
        frequencies *= 1 / kernel.band
        moments = moment_products(frequencies[None], weights[None], kernel.order)
        m = kernel.signals(moments, complex_valued=True)[0]
        if added is not None:
            m += added
        beats, squares = self.longitudinal.lines(inputs, picked[of_m:])
        turns, i1z = _direct(centre, beats, squares, grid)
        return m * turns, i1z, 0.0 if added is None else float(np.abs(added).max())

    def _picked(self, least: float, bonds: Array) -> Array:
        """Which of the larger clusters are solved, as :meth:`Expansion.picked` has it."""
        if not len(self.trees):
            return np.zeros(0, dtype=bool)
        square = bonds * bonds
        strength = square[0] / (square[0] + square[1] + 1e-300)
        products = strength[self.trees].prod(axis=-1)
        return (products[:, 0] if products.shape[1] == 1 else products.max(axis=-1)) > least * least

    def _remainder(self, remainder: Remainder, bonds: Array, detuning: Array, grid: TimeGrid) -> Array | None:
        """As :class:`Remainder`, (T,)."""
        network = remainder.networks.for_grid(grid)
        if network is None or not self.bonds.active.any():
            return None
        if network not in self._networks:
            self._networks[network] = OneNetwork.of(network.fast, self.bonds, self.spins)
        coefficients = self._networks[network].coefficients(*bonds)
        nodes = remainder.nodes(detuning, grid, network.horizon_s, network.polynomials)
        angle = tau * (detuning[:, None] * nodes.turns)
        envelope = (coefficients @ nodes.complex_basis).view(np.complex128)
        turn = np.empty_like(envelope)
        np.cos(angle, out=turn.real)
        np.sin(angle, out=turn.imag)
        turn *= envelope
        whole = turn.sum(axis=0).view(np.float64).reshape(-1, 2)
        whole *= 1 / self.spins
        return (nodes.to_grid.T @ whole).view(np.complex128)[:, 0]


@lru_cache(maxsize=16)
def _ticks(grid: TimeGrid) -> tuple[Array, int]:
    """Times b·dt, b < B, then aB·dt, and B."""
    fine = isqrt(grid.points - 1) + 1
    return np.concatenate([np.arange(fine), fine * np.arange(ceil(grid.points / fine))]) * grid.dt_s, fine


def _direct(centre: float, beats: Array, weights: Array, grid: TimeGrid) -> tuple[Array, Array]:
    """exp(iΩt) of the centre and 1 + Σ w (cos ωt - 1), (T,) each."""
    ticks, fine = _ticks(grid)
    angle = np.append(beats, centre)[:, None] * ticks
    factors = np.empty(angle.shape, np.complex128)
    np.cos(angle, out=factors.real)
    np.sin(angle, out=factors.imag)
    below, above = factors[:, :fine], factors[:, fine:]
    turns = above[-1, :, None] * below[-1]
    i1z = np.matmul(above[:-1].T * weights, below[:-1]).real.reshape(-1)[: grid.points]
    i1z += 1 - weights.sum()
    return turns.reshape(-1)[: grid.points], i1z


def _inputs(listed: Configurations, number: Array) -> Array:
    """(N + bonds, E·(n + pairs)): offsets and couplings of all evaluations from those of the system.

    ``number`` (N, N) are the places of the couplings among the latter, -1 where there is none.
    """
    n, count = listed.spins.shape
    pairs, every = len(listed.inside), np.arange(count)
    out = np.zeros((len(number) + np.count_nonzero(number >= 0) // 2, count, n + pairs))
    for m in range(n):
        out[listed.spins[m], every, m] = 1.0
    for source, shift in zip(number.ravel()[listed.border], listed.shift.reshape(-1, n, count), strict=True):
        if source >= 0:
            out[source, :, :n] += shift.T
    place = number.ravel()[listed.inside]
    pair, evaluation = np.nonzero(place >= 0)
    out[place[pair, evaluation], evaluation, n + pair] = 1.0
    return out.reshape(len(out), -1)


def _trees(kinds: Sequence[Array], bonds: Bonds, spins: int) -> Array:
    """Spanning trees (clusters, trees, bonds) of all kinds as numbers of directed bonds."""
    if not kinds:
        return np.zeros((0, 1, 1), dtype=int)
    number = np.zeros((spins, spins), dtype=int)
    number[bonds.target, bonds.source] = np.arange(len(bonds.target))
    most = max(trees.shape[1] for trees in kinds)
    padded = [np.concatenate([t, np.repeat(t[:, :1], most - t.shape[1], axis=1)], axis=1) for t in kinds]
    every = np.concatenate(padded)
    return number[every[..., 0], every[..., 1]]
