"""Clusters of one system: blocks, lines and weights of all of them in few array operations.

I_1z has few lines, of which those inside a block come as ±ω: only ω > 0 is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.blocks import layout
from harness.tasks.spins.surrogates.spin_graph.families import ClusterPlan

Array = np.ndarray
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

    ``place`` (E, n + pairs) is the place of their offsets and couplings among all inputs; ``cluster`` (E,) is the place
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
