"""Pair correlators from ρ0 = I_1z: what <H> needs besides the polarisations.

With p_k = Tr(I_kz ρ)/Tr(I_1z²) and q_ij = Tr(C_ij ρ)/Tr(I_1z²), C_ij = I_i·I_j (I_iz I_jz for unlike isotopes),

    <H>(t) / Tr(I_1z²) = Σ_k Ω_k p_k(t) + Σ_{i<j} 2πJ_ij q_ij(t) = Ω_1   at all times.

In a cluster C with its surroundings frozen, q_ij of two members is a sum over the cluster's lines, and q_ml of a
member m and a frozen spin l is ±p_m/2, averaged over configurations. H of the cluster holds exactly these terms, so
every cluster conserves its energy, and so does their sum with weights that add up to 1: <H> is conserved by
construction, while single correlators have the errors that tests/surrogates/test_spin_graph_energy.py bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.blocks import Layout, contract, eigenblocks
from harness.tasks.spins.surrogates.spin_graph.environment import Configurations, gathered, listed
from harness.tasks.spins.surrogates.spin_graph.expansion import Expansion
from harness.tasks.spins.surrogates.spin_graph.groups import Group
from harness.tasks.spins.surrogates.spin_graph.lines import band_for, moment_products
from harness.tasks.spins.systems import TimeGrid


@dataclass(frozen=True, eq=False)
class Energy:
    """<H>(t)/Tr(I_1z²) of one system and what it is made of.

    ``zeeman`` = Σ Ω_k p_k and ``coupling`` = Σ 2πJ_ij q_ij, (T,) in rad/s; ``correlators`` (pairs, T) are q_ij of the
    coupled ``pairs``. ``scale`` = √(Tr H²/Tr I_1z²) in rad/s is what deviations are compared with.
    """

    zeeman: np.ndarray
    coupling: np.ndarray
    pairs: tuple[tuple[int, int], ...]
    correlators: np.ndarray
    scale: float

    @property
    def total(self) -> np.ndarray:
        """<H>(t)/Tr(I_1z²) in rad/s."""
        return self.zeeman + self.coupling


def energies(expansion: Expansion, group: Group, grid: TimeGrid) -> list[Energy]:
    """The energy of every system of a group."""
    pairs = tuple((int(i), int(j)) for i, j in np.argwhere(np.triu(group.couplings[0] != 0)))
    place = {pair: p for p, pair in enumerate(pairs)}
    polarisations = expansion.longitudinal(group, grid, per_spin=True)
    shares = np.array([0.75 if group.alike[i, j] else 0.25 for i, j in pairs])
    found = np.zeros((len(group), len(pairs), grid.points))
    for b in range(len(group) if pairs else 0):
        one = group.take(slice(b, b + 1))
        for table, weight, offsets, couplings, spins in _tables(expansion, one, grid):
            shifted, inside, mu = table.inputs(weight, offsets, couplings)
            form = expansion.layout(len(shifted))
            flips = _flips(group, spins, table.spins)
            frequencies, z, c = _lines(form, shifted[:, 0], inside[:, 0], flips)
            weights = np.zeros((len(pairs), *frequencies.shape))
            for p, (i, j) in enumerate(form.pairs):
                for e in range(mu.shape[1]):
                    pair = _ordered(spins[table.spins[i, e]], spins[table.spins[j, e]])
                    if pair in place:
                        weights[place[pair], :, e] += c[p, :, e]
            signs = table.shift.reshape(len(table.border), *table.spins.shape)
            for border, member, e in np.argwhere(signs):
                pair = _ordered(spins[table.border[border] // len(spins)], spins[table.spins[member, e]])
                # A spin that shifts two members of a cluster need not be coupled to the third.
                if pair in place:
                    weights[place[pair], :, e] += signs[border, member, e] * z[member, :, e]
            weights *= mu[0]
            kernel = expansion.kernel(grid, band_for(float(np.abs(frequencies).max())))
            x = np.broadcast_to((frequencies / kernel.band).reshape(1, -1), (len(pairs), frequencies.size))
            moments = moment_products(x, weights.reshape(len(pairs), -1), kernel.order)
            found[b] += kernel.signals(moments, complex_valued=False)
    zeeman = np.einsum("bk,bkt->bt", group.offsets, polarisations)
    strength = np.stack([group.couplings[:, i, j] for i, j in pairs], axis=1) if pairs else np.zeros((len(group), 0))
    coupling = np.einsum("bp,bpt->bt", strength, found)
    scale = np.sqrt(np.sum(group.offsets**2, axis=1) + strength**2 @ shares)
    return [Energy(zeeman[b], coupling[b], pairs, found[b], float(scale[b])) for b in range(len(group))]


def _tables(
    expansion: Expansion, group: Group, grid: TimeGrid
) -> Iterator[tuple[Configurations, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Every cluster with all configurations of its surroundings: table, μ, offsets, couplings, numbers of the spins."""
    plan = expansion.plan(group, longitudinal=True).plan
    weight, everyone = plan.weight[None, :], np.arange(group.spins)
    if plan.chosen:
        picked = expansion.picked(plan, group.offsets, group.couplings, grid)
        weight = plan.weight + picked @ plan.correction
        first = 0
        for kind in plan.chosen:
            for cluster in np.flatnonzero(picked[0, first : first + len(kind)]):
                one = np.array([cluster])
                local, *cut = gathered(kind, np.zeros(1, int), one, group.offsets, group.couplings)
                spins = np.concatenate([kind.members[cluster], *(o[cluster] for o in kind.own), kind.shared[cluster]])
                yield listed([(0, local)], len(spins)), np.ones((1, 1)), cut[0], cut[1], spins
            first += len(kind)
    first = 0
    for kind in plan.always:
        yield listed([(first, kind)], group.spins), weight, group.offsets, group.couplings, everyone
        first += len(kind)


def _ordered(i: np.ndarray, j: np.ndarray) -> tuple[int, int]:
    return (int(i), int(j)) if i < j else (int(j), int(i))


def _flips(group: Group, spins: np.ndarray, members: np.ndarray) -> np.ndarray | None:
    if group.all_alike:
        return None
    i, j = np.triu_indices(len(members), 1)
    return group.alike[spins[members[i]], spins[members[j]]].astype(float)


def _lines(
    form: Layout, offsets: np.ndarray, couplings: np.ndarray, flips: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frequencies (L, X) and weights of p of every member (n, L, X) and of q of every pair (pairs, L, X)."""
    values, vectors = eigenblocks(form, offsets, couplings, flips)
    count = offsets.shape[1]
    frequencies, z, c = [], [], []
    for m in range(form.n + 1):
        energy, vector, z_m = values[m], vectors[m], form.z[:, form.block[m]]
        vector = np.broadcast_to(vector, (len(energy), len(energy), count))
        insides = [contract(z_m[k][:, None, None] * vector, vector) for k in range(form.n)]
        crossed = []
        for p, (i, j) in enumerate(form.pairs):
            turned = (z_m[i] * z_m[j])[:, None, None] * vector
            rows, columns = form.joined(m, p)
            flipped = np.zeros_like(turned)
            flipped[rows], flipped[columns] = 0.5 * vector[columns], 0.5 * vector[rows]
            crossed.append(contract(turned + (flipped if flips is None else flips[p] * flipped), vector))
        frequencies.append((energy[:, None] - energy[None, :]).reshape(-1, count))
        z.append(np.stack([(insides[0] * one).reshape(-1, count) for one in insides]))
        shape = (len(form.pairs), len(energy) ** 2, count)
        c.append(np.array([(insides[0] * one).reshape(-1, count) for one in crossed]).reshape(shape))
    scale = 2.0 ** (2 - form.n)
    return np.concatenate(frequencies), np.concatenate(z, axis=1) * scale, np.concatenate(c, axis=1) * scale
