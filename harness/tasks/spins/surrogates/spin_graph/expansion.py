"""The zeroth order of spin-graph: exact small clusters in frozen surroundings, for batches of systems.

M and the spin signals are sums over clusters of at most three spins, I_1z and the polarisations over clusters of at
most four that hold the tagged spin (families.py selects them and gives their weights; environment.py has their
surroundings; blocks.py solves them; lines.py turns the lines into signals). Exact for systems of up to three (four)
spins, for pairs, for isolated spins and for any couplings between different isotopes; the polarisations add up to 1 at
all times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.blocks import Layout, layout, longitudinal_lines, transverse_lines
from harness.tasks.spins.surrogates.spin_graph.environment import (
    Configurations,
    cluster_inputs,
    configurations,
    gathered,
)
from harness.tasks.spins.surrogates.spin_graph.families import ClusterPlan, ClusterType, Pattern, cluster_plan
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.surrogates.spin_graph.lines import LineKernel, band_for, line_kernel, moment_products
from harness.tasks.spins.systems import TimeGrid
from harness.tasks.spins.systems.phases import phases

BASE_SIZE = 3
THRESHOLD = 0.01
REFERENCE_HORIZON_S = 0.03
KEPT_PLANS = 256
CHUNK_EVALUATIONS = 12_000
LARGEST_CHUNK = 1_024
FEW_NODES = 5
KEPT_KERNEL_BYTES = 1 << 26


@dataclass(frozen=True, eq=False)
class LineSet:
    """Lines of some clusters: frequencies and weights (S, lines), or weights (S, n, lines) member by member.

    ``system`` (S,) is the row of the batch they belong to (several may share one), or None if row s is system s;
    ``owners`` is the spin of each member: (n, lines), or (S, n) where there is a ``system``.
    """

    frequencies: np.ndarray
    weights: np.ndarray
    owners: np.ndarray
    system: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan with its listed evaluations and the types left to be expanded system by system."""

    plan: ClusterPlan
    listed: list[Configurations]
    rest: list[tuple[slice, ClusterType]]


@dataclass(eq=False)
class Expansion:
    """Evaluates groups; stores the plans and kernels it has made.

    ``threshold`` is the least product of s = |J|/R over the bonds of a spanning tree for which a cluster of four spins
    is solved, up to 30 ms; it falls with the cube of longer horizons. Infinity leaves such clusters out.
    """

    threshold: float = THRESHOLD
    _plans: dict[Pattern, Prepared] = field(default_factory=dict)
    _kernels: dict[tuple[TimeGrid, float], LineKernel] = field(default_factory=dict)
    _layouts: dict[int, Layout] = field(default_factory=dict)

    def plan(self, group: Group, longitudinal: bool) -> Prepared:
        """The clusters of a group, ready to be filled with numbers."""
        if (self, longitudinal) not in group.memo:
            group.memo[self, longitudinal] = self._plan(group, longitudinal)
        return group.memo[self, longitudinal]

    def _plan(self, group: Group, longitudinal: bool) -> Prepared:
        coupled = (group.couplings if longitudinal else group.visible)[0] != 0
        pattern = Pattern(
            group.spins, coupled.tobytes(), (coupled & group.alike).tobytes(),
            (group.tagged,) if longitudinal else group.observed, group.tagged if longitudinal else -1,
            BASE_SIZE, BASE_SIZE + (self.threshold < inf),
        )  # fmt: skip
        found = self._plans.pop(pattern, None)
        if found is None:
            plan = cluster_plan(pattern)
            found = Prepared(plan, *configurations(plan.always, group.spins))
            while len(self._plans) >= KEPT_PLANS:
                self._plans.pop(next(iter(self._plans)))
        self._plans[pattern] = found
        return found

    def chunks(self, group: Group, longitudinal: bool) -> Iterator[Group]:
        """The group in parts whose work arrays stay small."""
        prepared = self.plan(group, longitudinal)
        each = sum(len(table.cluster) for table in prepared.listed)
        each += sum(len(kind) * 2 ** min(kind.neighbours, FEW_NODES) for _, kind in prepared.rest)
        step = min(LARGEST_CHUNK, max(1, CHUNK_EVALUATIONS // each))
        for start in range(0, len(group), step):
            yield group.take(slice(start, start + step)) if step < len(group) else group

    def kernel(self, grid: TimeGrid, band: float) -> LineKernel:
        """The kernel of a grid and bandwidth."""
        key = (grid, band)
        found = self._kernels.pop(key, None)
        if found is None:
            found = line_kernel(grid, band)
            while self._kernels and sum(k.size for k in self._kernels.values()) + found.size > KEPT_KERNEL_BYTES:
                self._kernels.pop(next(iter(self._kernels)))
        self._kernels[key] = found
        return found

    def layout(self, n: int) -> Layout:
        """The product states of n spins."""
        if n not in self._layouts:
            self._layouts[n] = layout(n)
        return self._layouts[n]

    def transverse(
        self, group: Group, grid: TimeGrid, per_spin: bool, remainder: np.ndarray | None = None
    ) -> np.ndarray:
        """M (B, T), or the signals of the observed spins (B, n_observed, T).

        ``remainder`` of that shape, in the frame of ``group.centre``, is added.
        """
        sets = self._sets(group, grid, False, per_spin)
        turn = phases(group.centre, grid)
        if not per_spin:
            out = self._envelope(sets, len(group), grid, complex_valued=True)
            out *= 1 / len(group.observed)
            if remainder is not None:
                out += remainder
            return out * turn
        out = np.empty((len(group), len(group.observed), grid.points), complex)
        for place, k in enumerate(group.observed):
            out[:, place] = self._envelope([_of_spin(one, k) for one in sets], len(group), grid, complex_valued=True)
        if remainder is not None:
            out += remainder
        out *= turn[:, None]
        return out

    def longitudinal(self, group: Group, grid: TimeGrid, per_spin: bool) -> np.ndarray:
        """I_1z (B, T), or the polarisations of all spins (B, N, T)."""
        sets = self._sets(group, grid, True, per_spin)
        if not per_spin:
            return self._envelope(sets, len(group), grid, complex_valued=False)
        out = np.empty((len(group), group.spins, grid.points))
        for k in range(group.spins):
            out[:, k] = self._envelope([_of_spin(one, k) for one in sets], len(group), grid, complex_valued=False)
        return out

    def least(self, grid: TimeGrid) -> float:
        """The threshold on a grid."""
        return self.threshold * min(1.0, REFERENCE_HORIZON_S / max(grid.horizon_s, 1e-9)) ** 3

    def picked(self, plan: ClusterPlan, offsets: np.ndarray, couplings: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """(B, larger clusters) bool: which of them are solved."""
        least = self.least(grid)
        found = []
        for trees in plan.bonds:
            i, j = trees[..., 0], trees[..., 1]
            coupling = couplings[:, i, j]
            detuning = offsets[:, i] - offsets[:, j]
            square = coupling * coupling
            found.append((square / (square + detuning * detuning + 1e-300)).prod(axis=-1).max(axis=-1))
        return np.concatenate(found, axis=1) > least * least

    def _sets(self, group: Group, grid: TimeGrid, longitudinal: bool, per_spin: bool) -> list[LineSet]:
        """Lines of all clusters that count, in the frame of ``group.centre``."""
        prepared = self.plan(group, longitudinal)
        plan, offsets = prepared.plan, group.offsets - group.centre[:, None]
        couplings = group.couplings if longitudinal else group.visible
        solver = longitudinal_lines if longitudinal else transverse_lines
        weight = plan.weight[None, :]
        sets: list[LineSet] = []

        def solve(inputs: Sequence[np.ndarray], spins: np.ndarray) -> LineSet:
            """``spins`` (n, 1, E) or (n, S, 1) are the members of the clusters."""
            shifted, inside, mu = inputs
            n, count = len(shifted), mu.size
            flips, seen = self._unlike(mu, spins, group)
            flat = (shifted.reshape(n, count), inside.reshape(-1, count))
            lines, strength = solver(self.layout(n), *flat, flips, seen, per_spin)
            return _line_set(lines, strength, mu, spins)

        if plan.chosen:
            picked = self.picked(plan, offsets, couplings, grid)
            if picked.any():
                weight = plan.weight + picked @ plan.correction
                first = 0
                for kind in plan.chosen:
                    system, cluster = np.nonzero(picked[:, first : first + len(kind)])
                    first += len(kind)
                    if len(system):
                        local, own, inner = gathered(kind, system, cluster, offsets, couplings)
                        *inputs, _ = cluster_inputs(local, np.ones((len(system), 1)), own, inner, grid.horizon_s)
                        one = solve(inputs, kind.members[cluster].T[:, :, None])
                        sets.append(replace(one, owners=kind.members[cluster], system=system))
        for table in prepared.listed:
            sets.append(solve(table.inputs(weight, offsets, couplings), table.spins[:, None]))
        for place, kind in prepared.rest:
            *inputs, cluster = cluster_inputs(kind, weight[:, place], offsets, couplings, grid.horizon_s)
            sets.append(solve(inputs, kind.members[cluster].T[:, None]))
        return sets

    def _unlike(self, mu: np.ndarray, spins: np.ndarray, group: Group) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Which pairs flip (pairs, X) and which members are observed (n, X), or None where all are."""
        if group.all_alike:
            return None, None
        n = len(spins)
        watched = np.isin(np.arange(group.spins), group.observed).astype(float)
        whole = np.broadcast_to(spins, (n, *mu.shape)).reshape(n, -1)
        i, j = np.triu_indices(n, 1)
        return group.alike[whole[i], whole[j]].astype(float), watched[whole]

    def _envelope(self, sets: Sequence[LineSet], batch: int, grid: TimeGrid, complex_valued: bool) -> np.ndarray:
        """Σ_l w_l exp(iω_l t) of every system, (B, T), or its real part."""
        whole = [one for one in sets if one.system is None]
        parts = [(one.system, one.frequencies, one.weights) for one in sets if one.system is not None]
        x = np.concatenate([one.frequencies for one in whole], axis=1)
        weights = np.concatenate([one.weights for one in whole], axis=1)
        every = [one for one in (x, *(lines for _, lines, _ in parts)) if one.size]
        if not every:
            return np.zeros((batch, grid.points), complex if complex_valued else float)
        band = band_for(max(max(float(f.max()), -float(f.min())) for f in every))
        kernel = self.kernel(grid, band)
        x *= 1 / kernel.band
        moments = moment_products(x, weights, kernel.order)
        for system, lines, strength in parts:
            np.add.at(moments, system, moment_products(lines / kernel.band, strength, kernel.order))
        return kernel.signals(moments, complex_valued)


def _line_set(lines: np.ndarray, strength: np.ndarray, mu: np.ndarray, spins: np.ndarray) -> LineSet:
    """From (L, X) or (n, L, X) with X = S·E to systems first; μ is (S, E)."""
    shape = (len(lines), *mu.shape)
    frequencies = _by_system(lines.reshape(shape))
    if strength.ndim == 2:
        return LineSet(frequencies, _by_system(strength.reshape(shape) * mu), spins)
    weights = np.stack([_by_system(one.reshape(shape) * mu) for one in strength], axis=1)
    return LineSet(frequencies, weights, np.tile(spins[:, 0], (1, len(lines))))


def _of_spin(lines: LineSet, spin: int) -> LineSet:
    """The lines of one spin out of a set with weights member by member."""
    if lines.system is not None:
        row, member = np.nonzero(lines.owners == spin)
        return LineSet(lines.frequencies[row], lines.weights[row, member], lines.owners, lines.system[row])
    mine = [lines.owners[m] == spin for m in range(len(lines.owners))]
    frequencies = np.concatenate([lines.frequencies[:, chosen] for chosen in mine], axis=1)
    weights = np.concatenate([lines.weights[:, m, chosen] for m, chosen in enumerate(mine)], axis=1)
    return LineSet(frequencies, weights, lines.owners)


def _by_system(lines: np.ndarray) -> np.ndarray:
    """(L, B, E) -> (B, L·E)."""
    return lines.transpose(1, 0, 2).reshape(lines.shape[1], -1)
