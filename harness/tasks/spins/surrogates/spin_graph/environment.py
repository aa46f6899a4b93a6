"""Frozen spins around a cluster, as a weighted list of shifts of its members.

A frozen spin l is up or down with equal weight and shifts member m by ±J_lm/2. Spins that are coupled to one member
only enter through the distribution of their sum Σ ±J/2; where it has more atoms than a Gauss rule needs for the
horizon, the rule takes its place (it reproduces exp(ixt) to rounding, see :func:`gauss_nodes_needed`). Spins coupled
to several members are enumerated, since their shifts are correlated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.families import ClusterType

EXACT_SPINS = 4
LISTED = 4_096
"""Types with more than this (clusters² · configurations) are not listed: their tables would outgrow the work."""


@lru_cache(maxsize=16)
def signs(count: int) -> np.ndarray:
    """(2^count, count): all configurations ±1."""
    return 1.0 - 2.0 * ((np.arange(2**count)[:, None] >> np.arange(count)[None, :]) & 1)


def gauss_nodes_needed(reach: float) -> int:
    """Nodes of a Gauss rule on |x| ≤ X that integrates exp(ixt) to about 1e-10, for ``reach`` = X·t in radians."""
    return ceil(0.5 * reach) + 10


def shift_nodes(couplings: np.ndarray, horizon_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Shifts (…, Q) in rad/s and weights (…, Q) of a member with frozen neighbours of couplings (…, e) in rad/s."""
    count = couplings.shape[-1]
    if count <= EXACT_SPINS:
        nodes = 0.5 * couplings @ signs(count).T
        return nodes, np.full(nodes.shape, 0.5**count)
    largest = float(np.max(np.sum(np.abs(couplings), axis=-1), initial=0.0))
    needed = gauss_nodes_needed(0.5 * largest * horizon_s)
    nodes = 0.5 * couplings[..., :EXACT_SPINS] @ signs(EXACT_SPINS).T
    weights = np.full(nodes.shape, 0.5**EXACT_SPINS)
    for e in range(EXACT_SPINS, count):
        half = 0.5 * couplings[..., e, None]
        nodes = np.concatenate([nodes - half, nodes + half], axis=-1)
        weights = 0.5 * np.concatenate([weights, weights], axis=-1)
        if nodes.shape[-1] > max(2 * needed, 64) or (e == count - 1 and nodes.shape[-1] > needed):
            nodes, weights = compressed(nodes, weights, needed)
    return nodes, weights


def compressed(nodes: np.ndarray, weights: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The Gauss rule with ``count`` nodes of discrete measures (…, Q): same moments up to 2·count - 1.

    Lanczos on diag(nodes) with full reorthogonalisation, then Golub-Welsch. A measure of fewer distinct atoms is
    not changed (the recurrence ends early and the further nodes get weight zero).
    Source: G. H. Golub, J. H. Welsch, Math. Comp. 23, 221 (1969).
    """
    scale = np.max(np.abs(nodes), axis=-1, keepdims=True) + 1e-300
    x = nodes / scale
    basis = np.zeros((count, *x.shape))
    alpha = np.zeros((*x.shape[:-1], count))
    beta = np.zeros((*x.shape[:-1], count))
    vector = np.sqrt(weights)
    alive = np.ones(x.shape[:-1])
    for j in range(count):
        basis[j] = vector
        alpha[..., j] = np.sum(vector * x * vector, axis=-1)
        rest = x * vector
        for _ in range(2):
            overlap = np.einsum("q...n,...n->q...", basis[: j + 1], rest)
            rest = rest - np.einsum("q...,q...n->...n", overlap, basis[: j + 1])
        norm = np.linalg.norm(rest, axis=-1)
        alive = alive * (norm > 1e-10)
        beta[..., j] = norm * alive
        vector = rest * (alive / np.where(norm > 0, norm, 1.0))[..., None]
    matrix = np.zeros((*x.shape[:-1], count, count))
    index = np.arange(count)
    matrix[..., index, index] = alpha
    matrix[..., index[1:], index[:-1]] = beta[..., :-1]
    values, vectors = np.linalg.eigh(matrix)
    return values * scale, vectors[..., 0, :] ** 2


@dataclass(frozen=True, eq=False)
class Configurations:
    """All clusters of one size with all configurations of their surroundings, where these can be listed beforehand.

    The E evaluations are numbered through. ``spins`` (n, E) members; ``cluster`` (E,) place of the cluster's weight,
    ``share`` (E,) weight of the configuration; ``border`` (K,) couplings across cluster borders and ``inside``
    (pairs, E) couplings inside, both as places in the flattened (N, N) matrix; ``shift`` (K, n·E) turns the former into
    shifts of the members.
    """

    spins: np.ndarray
    cluster: np.ndarray
    share: np.ndarray
    border: np.ndarray
    inside: np.ndarray
    shift: np.ndarray

    def inputs(
        self, weight: np.ndarray, offsets: np.ndarray, couplings: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Offsets (n, B, E), couplings (pairs, B, E) in rad/s, weights (B, E); ``weight`` (B or 1, clusters) is μ."""
        batch, (n, count) = len(offsets), self.spins.shape
        flat = couplings.reshape(batch, -1)
        shifted = offsets[:, self.spins.reshape(-1)]
        if len(self.border):
            shifted += flat[:, self.border] @ self.shift
        out = np.ascontiguousarray(shifted.reshape(batch, n, count).transpose(1, 0, 2))
        pairs = flat[:, self.inside.reshape(-1)].reshape(batch, len(self.inside), count).transpose(1, 0, 2)
        mu = weight[:, self.cluster] * self.share
        return out, np.ascontiguousarray(pairs), mu if len(mu) == batch else np.broadcast_to(mu, (batch, count))


def configurations(
    kinds: Sequence[ClusterType], spins: int
) -> tuple[list[Configurations], list[tuple[slice, ClusterType]]]:
    """The listed evaluations, one set per size, and the types that are too many for that, with their places.

    ``kinds`` are all types of a plan in the order of its weights, ``spins`` is N.
    """
    small: dict[int, list[tuple[int, ClusterType]]] = {}
    rest: list[tuple[slice, ClusterType]] = []
    first = 0
    for kind in kinds:
        own = [o.shape[1] for o in kind.own]
        count = 2 ** (sum(own) + kind.shared.shape[1])
        if max(own) <= EXACT_SPINS and len(kind) ** 2 * count <= LISTED:
            small.setdefault(kind.size, []).append((first, kind))
        else:
            rest.append((slice(first, first + len(kind)), kind))
        first += len(kind)
    return [listed(entries, spins) for entries in small.values()], rest


def listed(entries: Sequence[tuple[int, ClusterType]], spins: int) -> Configurations:
    """All configurations of some types of one size; each type comes with the place of its first weight."""
    clusters: list[np.ndarray] = []
    places: list[int] = []
    counts: list[int] = []
    border: list[int] = []
    shifts: list[tuple[int, int, np.ndarray]] = []  # member, first evaluation, ±1/2 of each border coupling
    count = 0
    for first, kind in entries:
        flags = 0.5 * signs(kind.neighbours).T
        for c, members in enumerate(kind.members.tolist()):
            around = [(m, e) for m, own in enumerate(kind.own) for e in own[c].tolist()]
            for flag, (m, e) in zip(flags, around, strict=False):
                border.append(e * spins + members[m])
                shifts.append((m, count, flag))
            for flag, e in zip(flags[len(around) :], kind.shared[c].tolist(), strict=True):
                border += [e * spins + k for k in members]
                shifts += [(m, count, flag) for m in range(kind.size)]
            clusters.append(kind.members[c])
            places.append(first + c)
            counts.append(flags.shape[1])
            count += flags.shape[1]
    members = np.repeat(np.array(clusters).T, counts, axis=1)
    n = len(members)
    shift = np.zeros((len(border), n, count))
    for b, (m, start, flag) in enumerate(shifts):
        shift[b, m, start : start + len(flag)] = flag
    i, j = np.triu_indices(n, 1)
    return Configurations(
        members,
        np.repeat(places, counts),
        np.repeat(1 / np.array(counts), counts),
        np.array(border, dtype=int),
        members[i] * spins + members[j],
        shift.reshape(len(border), n * count),
    )


def gathered(
    kind: ClusterType, system: np.ndarray, cluster: np.ndarray, offsets: np.ndarray, couplings: np.ndarray
) -> tuple[ClusterType, np.ndarray, np.ndarray]:
    """Some clusters in some systems as separate systems: members first, then their neighbours.

    ``system`` and ``cluster`` (S,) are their indices. Returns a type with one cluster, offsets (S, n') and couplings
    (S, n', n').
    """
    parts = [kind.members, *kind.own, kind.shared]
    spins = np.concatenate(parts, axis=1)[cluster]
    cuts = np.cumsum([0, *(p.shape[1] for p in parts)])
    local = [np.arange(a, b)[None, :] for a, b in pairwise(cuts)]
    one = ClusterType(local[0], tuple(local[1:-1]), local[-1])
    rows = system[:, None]
    return one, offsets[rows, spins], couplings[rows[:, :, None], spins[:, :, None], spins[:, None, :]]


def cluster_inputs(
    kind: ClusterType, weight: np.ndarray, offsets: np.ndarray, couplings: np.ndarray, horizon_s: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every cluster of a type in every configuration of its surroundings, for a batch of systems.

    ``weight`` (B or 1, clusters) is μ; ``offsets`` (B, N) and ``couplings`` (B, N, N) in rad/s. Returns offsets (n, B,
    E), couplings (pairs, B, E), weights (B, E) with μ in them, and the cluster number (E,) of each evaluation.
    """
    members, n = kind.members, kind.size
    batch, clusters = len(offsets), len(members)
    shape: list[int] = []
    rules = []
    for m, own in enumerate(kind.own):
        if own.shape[1]:
            nodes, weights = shift_nodes(couplings[:, members[:, m, None], own], horizon_s)
            rules.append((m, len(shape), nodes, weights))
            shape.append(nodes.shape[-1])
    extra = kind.shared.shape[1]
    if extra:
        shape.append(2**extra)
    full = (batch, clusters, *shape)
    out = np.empty((n, *full))
    weight = np.broadcast_to(weight.reshape(*weight.shape, *(1,) * len(shape)), full)
    out[:] = offsets[:, members].transpose(2, 0, 1).reshape(n, batch, clusters, *(1,) * len(shape))
    for m, axis, nodes, weights in rules:
        place = (batch, clusters, *(nodes.shape[-1] if a == axis else 1 for a in range(len(shape))))
        out[m] += nodes.reshape(place)
        weight = weight * weights.reshape(place)
    if extra:
        for m in range(n):
            nodes = 0.5 * couplings[:, members[:, m, None], kind.shared] @ signs(extra).T
            out[m] += nodes.reshape(batch, clusters, *(1,) * (len(shape) - 1), -1)
        weight = weight * 0.5**extra
    count = int(np.prod(shape, dtype=int))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    inside = np.empty((len(pairs), batch, clusters, count))
    for p, (i, j) in enumerate(pairs):
        inside[p] = couplings[:, members[:, i], members[:, j]][..., None]
    return (
        out.reshape(n, batch, clusters * count),
        inside.reshape(len(pairs), batch, clusters * count),
        np.ascontiguousarray(weight).reshape(batch, clusters * count),
        np.repeat(np.arange(clusters), count),
    )
