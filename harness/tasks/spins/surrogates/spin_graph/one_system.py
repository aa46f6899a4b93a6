"""M and I_1z of one system at a time, from few array operations.

The same clusters, weights and remainder as in expansion.py and remainder.py, which for one system spend their time on
calls, not on numbers. Here all that depends on the graph alone is worked out beforehand: one matrix turns offsets and
couplings into those of all clusters in all configurations of their surroundings (and of the bonds, for the network).
Double precision costs no more than single.

I_1z has few lines and is summed directly: with n = aB + b, exp(iωn dt) = exp(iωaB dt)·exp(iωb dt) makes the sum over
lines one small matrix product. Lines inside a block come as ±ω; what they leave to 1 at t = 0 does not move.

For systems of one isotope without equivalent spins whose clusters are few; all others go the general way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, isqrt, tau

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.blocks import layout
from harness.tasks.spins.surrogates.spin_graph.environment import Configurations, configurations
from harness.tasks.spins.surrogates.spin_graph.expansion import Expansion
from harness.tasks.spins.surrogates.spin_graph.families import ClusterPlan
from harness.tasks.spins.surrogates.spin_graph.graphs import Bonds
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.surrogates.spin_graph.lines import band_for, moment_products
from harness.tasks.spins.surrogates.spin_graph.one_network import OneNetwork
from harness.tasks.spins.surrogates.spin_graph.remainder import Remainder
from harness.tasks.spins.surrogates.spin_graph.trained import TrainedNetwork
from harness.tasks.spins.systems import TimeGrid

Array = np.ndarray
LARGEST = 160
"""Evaluations of one cluster size from which on the general way, vectorised over them, is the faster one."""
CHOSEN = 320
"""Evaluations of larger clusters, chosen or not, from which on listing them takes too long and too much memory."""
MEAN_DETUNING_J = np.array([[0.5, 1, 0], [0.5, -1, 0], [0, 0, 1]])
"""From the offsets and the coupling of a pair."""
QUARTET = np.array([[1, 1, 1, 1], [0.5, -0.5, 0.5, -0.5], [0.5, -0.5, -0.5, 0.5]])
"""Lines of a pair from its mean offset, R and J; their weights are 1 minus or plus J/R."""
QUARTET_SIGNS = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Shape:
    """Clusters of n spins, cluster by cluster: what :class:`harness.tasks.spins.surrogates.spin_graph.blocks.Layout` is
    for many.

    ``corners`` (n + pairs, 2) gives the energies of the states all up and all down from offsets and couplings;
    ``blocks[s]`` (n + pairs, b·d²) the b blocks of size d, with ``numbers[s]`` spins down, ``z[s]`` (b, d, 1) the
    values of I_z of the first spin and ``upper[s]`` the places above the diagonal. ``total[m]`` is F from block m + 1
    to block m.
    """

    n: int
    corners: Array
    blocks: tuple[Array, ...]
    numbers: tuple[tuple[int, ...], ...]
    z: tuple[Array, ...]
    upper: tuple[tuple[Array, Array], ...]
    total: tuple[Array, ...]

    @classmethod
    def of(cls, n: int) -> Shape:
        """For n spins."""
        form = layout(n)
        blocks, numbers, z, upper = [], [], [], []
        for which, square in form.sizes:
            blocks.append(form.elements[square.transpose(2, 0, 1).ravel()].T.copy())
            numbers.append(which)
            z.append(np.stack([form.z[0, form.block[m], None] for m in which]))
            upper.append(np.triu_indices(len(square), 1))
        corners = form.elements[[0, 2**n - 1]].T.copy()
        return cls(n, corners, tuple(blocks), tuple(numbers), tuple(z), tuple(upper), form.total)

    @property
    def lines(self) -> int:
        """Lines of M."""
        return sum(total.size for total in self.total)

    @property
    def beats(self) -> int:
        """Lines of I_1z at ω > 0."""
        return sum(z.shape[0] * len(i) for z, (i, _) in zip(self.z, self.upper, strict=True))

    def solved(self, given: Array) -> list[tuple[Array, Array]]:
        """Energies (E, b, d) and eigenvectors (E, b, d, d) of all blocks, size by size, from (E, n + pairs)."""
        found = []
        for matrix, z in zip(self.blocks, self.z, strict=True):
            count, d, _ = z.shape
            found.append(np.linalg.eigh((given @ matrix).reshape(-1, count, d, d)))
        return found

    def transverse(self, given: Array, frequencies: Array, squares: Array) -> None:
        """Lines of F, (E, lines), and the squares of their amplitudes, both written in place."""
        if self.n == 2:
            _pair_lines(given, frequencies, squares)
            return
        corners = given @ self.corners
        energies, vectors = [corners[:, :1]] * (self.n + 1), [np.ones((1, 1))] * (self.n + 1)
        energies[-1] = corners[:, 1:]
        for numbers, (energy, vector) in zip(self.numbers, self.solved(given), strict=True):
            for b, m in enumerate(numbers):
                energies[m], vectors[m] = energy[:, b], vector[:, b]
        at = 0
        for m, total in enumerate(self.total):
            part, shape = slice(at, at + total.size), (-1, *total.shape)
            at += total.size
            upper, lower = energies[m][:, :, None], energies[m + 1][:, None]
            np.subtract(upper, lower, out=frequencies[:, part].reshape(shape))
            amplitude = total if m + 1 == self.n else total @ vectors[m + 1]
            if m:
                amplitude = vectors[m].swapaxes(1, 2) @ amplitude
            np.multiply(amplitude, amplitude, out=squares[:, part].reshape(shape))

    def longitudinal(self, given: Array, frequencies: Array, squares: Array) -> None:
        """Lines ω > 0 of I_z of the first spin, (E, beats), and the squares of their amplitudes, in place."""
        at = 0
        for (energy, vector), z, (i, j) in zip(self.solved(given), self.z, self.upper, strict=True):
            part, shape = slice(at, at + len(z) * len(i)), (-1, len(z), len(i))
            at += len(z) * len(i)
            np.subtract(energy[..., i], energy[..., j], out=frequencies[:, part].reshape(shape))
            amplitude = (vector.swapaxes(-1, -2) @ (z * vector))[..., i, j]
            np.multiply(amplitude, amplitude, out=squares[:, part].reshape(shape))


def _pair_lines(given: Array, frequencies: Array, squares: Array) -> None:
    """The AB quartet in closed form, see :func:`harness.tasks.spins.surrogates.spin_graph.blocks.transverse_lines`."""
    resonance = given @ MEAN_DETUNING_J
    detuning, coupling = resonance[:, 1], resonance[:, 2].copy()
    root = np.hypot(detuning, coupling, out=detuning)
    np.matmul(resonance, QUARTET, out=frequencies)
    # J/R, and 0/0 = 0 where there is neither coupling nor detuning: then all four lines fall together.
    coupling /= np.maximum(root, np.finfo(float).tiny)
    np.multiply(coupling[:, None], QUARTET_SIGNS, out=squares)
    squares += 1.0


shape_of = lru_cache(maxsize=8)(Shape.of)


@dataclass(frozen=True, eq=False)
class Table:
    """Clusters of one size in all configurations of their surroundings, E evaluations.

    ``place`` says where their offsets and couplings (E, n + pairs) are among all inputs; ``cluster`` (E,) is the place
    of the weight, ``share`` (E,) a factor of it, normalisation included.
    """

    shape: Shape
    place: slice
    cluster: Array
    share: Array

    def given(self, inputs: Array) -> Array:
        """Offsets and couplings of each evaluation, (E, n + pairs)."""
        return inputs[self.place].reshape(len(self.cluster), -1)


@dataclass(frozen=True, eq=False)
class Side:
    """The clusters of one observable: those always solved and those chosen system by system.

    ``base`` (clusters,) and ``correction`` (chosen clusters, clusters) are those of the plan; ``cluster`` and ``share``
    (lines,) those of the tables line by line, and ``weight`` (lines,) their weights if no cluster is chosen.
    """

    longitudinal: bool
    always: tuple[Table, ...]
    chosen: tuple[Table, ...]
    base: Array
    correction: Array
    cluster: Array
    share: Array
    weight: Array

    @classmethod
    def of(cls, longitudinal: bool, always: Sequence[Table], chosen: Sequence[Table], plan: ClusterPlan) -> Side:
        """``plan`` has the weights."""
        lines = [table.shape.beats if longitudinal else table.shape.lines for table in always]
        cluster = np.concatenate([np.repeat(table.cluster, n) for table, n in zip(always, lines, strict=True)])
        share = np.concatenate([np.repeat(table.share, n) for table, n in zip(always, lines, strict=True)])
        return cls(
            longitudinal, tuple(always), tuple(chosen), plan.weight, plan.correction,
            cluster, share, plan.weight[cluster] * share,
        )  # fmt: skip

    def lines(self, inputs: Array, picked: Array) -> tuple[Array, Array]:
        """Frequencies (L,) in rad/s and weights (L,); ``picked`` (chosen clusters,) bool."""
        tasks = [(table.shape, table.given(inputs)) for table in self.always]
        shares = []
        for table in self.chosen if picked.any() else ():
            (which,) = np.nonzero(picked[table.cluster])
            if len(which):
                tasks.append((table.shape, table.given(inputs)[which]))
                shares.append(table.share[which])
        counts = [len(given) * (shape.beats if self.longitudinal else shape.lines) for shape, given in tasks]
        frequencies, weights = np.empty(sum(counts)), np.empty(sum(counts))
        at = 0
        for (shape, given), count in zip(tasks, counts, strict=True):
            part = slice(at, at + count)
            at += count
            into = frequencies[part].reshape(len(given), -1), weights[part].reshape(len(given), -1)
            if self.longitudinal:
                shape.longitudinal(given, *into)
            else:
                shape.transverse(given, *into)
        if not shares:
            weights *= self.weight
            return frequencies, weights
        weights[: len(self.share)] *= (self.base + picked @ self.correction)[self.cluster] * self.share
        at = len(self.share)
        for share, count in zip(shares, counts[len(self.always) :], strict=True):
            rows = weights[at : at + count].reshape(len(share), -1)
            rows *= share[:, None]
            at += count
        return frequencies, weights


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
        """The plan of a group's graph, or None if it has to go the general way."""
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
