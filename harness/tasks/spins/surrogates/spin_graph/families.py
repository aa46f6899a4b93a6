"""Which clusters of spins are solved exactly, and with which weight.

For every spin k a quantity s_k is expanded over connected clusters C of at most ``size`` spins,

    s_k ≈ Σ_{C ∋ k} μ_C s_k^C,     μ_C = 1 - Σ_{C' ⊃ C} μ_C',

where s_k^C solves C exactly and freezes the spins around it: each of them is up or down at all times, shifts its
neighbours in C by ±J/2, and the result is averaged over all such configurations. Flip-flops inside C are exact,
couplings across its border act as Ising couplings. The weights make every set of bonds count once
(inclusion-exclusion), so the sum is exact for systems whose connected components have at most ``size`` spins, for any
number of Ising (heteronuclear) couplings, and at t = 0; the first term that is missing needs flip-flops on ``size``
connected bonds.

Which clusters there are depends on the coupling graph alone, so a plan serves every system with the same graph.

Source: the inclusion-exclusion weights are those of cluster variation, J. S. Yedidia et al., IEEE Trans. Inf. Theory
51, 2282 (2005); the frozen environment is ours and is measured in tests/surrogates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np


@dataclass(frozen=True)
class Pattern:
    """What a plan depends on, hashable.

    ``coupled`` and ``flips`` are (N, N) bool as bytes: any coupling, and couplings between spins of one isotope.
    ``observed`` holds the spins that count as observers; ``anchor`` the spin that every cluster must hold, or -1.
    Clusters of up to ``size`` spins are always solved, those of up to ``largest`` where they count.
    """

    n: int
    coupled: bytes
    flips: bytes
    observed: tuple[int, ...]
    anchor: int
    size: int
    largest: int


@dataclass(frozen=True, eq=False)
class ClusterType:
    """Clusters that are handled together: equal size and equal numbers of neighbours.

    ``members`` is (clusters, size), the anchor first if there is one. ``own[m]`` (clusters, e_m) are the frozen spins
    coupled to member m alone, ``shared`` (clusters, e) those coupled to several members.
    """

    members: np.ndarray
    own: tuple[np.ndarray, ...]
    shared: np.ndarray

    def __len__(self) -> int:
        return len(self.members)

    @property
    def size(self) -> int:
        """Spins per cluster."""
        return self.members.shape[1]

    @property
    def neighbours(self) -> int:
        """Frozen spins around each cluster."""
        return sum(own.shape[1] for own in self.own) + self.shared.shape[1]


@dataclass(frozen=True, eq=False)
class ClusterPlan:
    """The clusters of one coupling graph.

    Parameters
    ----------
    always
        Clusters up to the base size; ``weight`` are their μ, in the same order.
    chosen
        Larger clusters, solved only in the systems where they count; ``bonds[t]`` (clusters, trees, size - 1, 2) are
        the spanning trees that give their contribution.
    correction
        (larger clusters, base clusters): what a chosen cluster adds to the weights of the base clusters inside it, so
        that s_k + Σ_chosen (s_k^C - what the base makes of C).
    """

    always: tuple[ClusterType, ...]
    weight: np.ndarray
    chosen: tuple[ClusterType, ...]
    bonds: tuple[np.ndarray, ...]
    correction: np.ndarray


def connected_subsets(adjacent: np.ndarray, size: int, anchor: int = -1) -> list[tuple[int, ...]]:
    """All connected sets of 1 … ``size`` spins (those that hold ``anchor``, unless it is -1), smaller ones first."""
    neighbours = [np.flatnonzero(row).tolist() for row in adjacent]
    seeds = range(len(adjacent)) if anchor < 0 else (anchor,)
    layer = {frozenset((k,)) for k in seeds}
    found = list(layer)
    for _ in range(size - 1):
        layer = {members | {j} for members in layer for k in members for j in neighbours[k] if j not in members}
        found.extend(layer)
    return sorted((tuple(sorted(c)) for c in found), key=lambda c: (len(c), c))


def matters(cluster: tuple[int, ...], flips: np.ndarray, observed: tuple[int, ...]) -> bool:
    """Whether the cluster gives more than its parts.

    A member without a flip-flop partner in the cluster has a constant I_z; unless it is observed, freezing it is exact.
    Without any flip-flop at all, the couplings are Ising couplings and single spins are exact.
    """
    if len(cluster) == 1:
        return cluster[0] in observed
    inside = flips[np.ix_(cluster, cluster)]
    if not inside.any():
        return False
    return all(inside[m].any() or k in observed for m, k in enumerate(cluster)) and any(k in observed for k in cluster)


def inclusion_exclusion(clusters: list[tuple[int, ...]]) -> np.ndarray:
    """μ_C of a family: 1 minus the weights of all larger clusters that hold C."""
    order = sorted(range(len(clusters)), key=lambda c: -len(clusters[c]))
    sets = [frozenset(c) for c in clusters]
    mu = np.ones(len(clusters), dtype=int)
    for c in order:
        if mu[c]:
            for d in order:
                if len(sets[d]) < len(sets[c]) and sets[d] < sets[c]:
                    mu[d] -= mu[c]
    return mu


def cluster_plan(pattern: Pattern) -> ClusterPlan:
    """All clusters of a coupling graph."""
    coupled = np.frombuffer(pattern.coupled, dtype=bool).reshape(pattern.n, pattern.n)
    flips = np.frombuffer(pattern.flips, dtype=bool).reshape(pattern.n, pattern.n)
    every = [
        c
        for c in connected_subsets(coupled, max(pattern.size, pattern.largest), pattern.anchor)
        if matters(c, flips, pattern.observed)
    ]
    family = [c for c in every if len(c) <= pattern.size]
    extra = [c for c in every if len(c) > pattern.size]
    number = {c: i for i, c in enumerate(family)}
    correction = np.zeros((len(extra), len(family)))
    for row, cluster in enumerate(extra):
        inside = [c for c in family if set(c) < set(cluster)]
        for c, mu in zip(inside, inclusion_exclusion(inside), strict=True):
            correction[row, number[c]] = -mu
    weight = inclusion_exclusion(family).astype(float)
    used = np.flatnonzero((weight != 0) | (correction != 0).any(axis=0))
    always, order = _grouped([family[c] for c in used], coupled, pattern.anchor)
    chosen, rows = _grouped(extra, coupled, pattern.anchor)
    return ClusterPlan(
        always=always,
        weight=weight[used][order],
        chosen=chosen,
        bonds=tuple(_spanning_trees(kind.members, flips) for kind in chosen),
        correction=correction[np.ix_(rows, used[order])] if len(extra) else np.zeros((0, len(order))),
    )


def _grouped(
    clusters: list[tuple[int, ...]], coupled: np.ndarray, anchor: int
) -> tuple[tuple[ClusterType, ...], np.ndarray]:
    """Clusters by type, and where each of them stood in the list."""
    groups: dict[tuple[int, ...], list[tuple[int, tuple[int, ...], list[list[int]], list[int]]]] = {}
    for place, cluster in enumerate(clusters):
        outside = [k for k in range(len(coupled)) if k not in cluster and coupled[k, list(cluster)].any()]
        shared = [k for k in outside if coupled[k, list(cluster)].sum() > 1]
        own = {k: [e for e in outside if e not in shared and coupled[e, k]] for k in cluster}
        members = tuple(sorted(cluster, key=lambda k: (k != anchor, len(own[k]))))
        key = (len(cluster), *(len(own[k]) for k in members), len(shared))
        groups.setdefault(key, []).append((place, members, [own[k] for k in members], shared))
    types, order = [], []
    for (size, *_), entries in sorted(groups.items()):
        count = len(entries)
        order.extend(e[0] for e in entries)
        own = tuple(np.array([e[2][m] for e in entries], dtype=int).reshape(count, -1) for m in range(size))
        shared = np.array([e[3] for e in entries], dtype=int).reshape(count, -1)
        types.append(ClusterType(np.array([e[1] for e in entries]), own, shared))
    return tuple(types), np.array(order, dtype=int)


def _spanning_trees(members: np.ndarray, flips: np.ndarray) -> np.ndarray:
    """(clusters, trees, bonds, 2): spins joined by each bond of every spanning tree of bonds that flip.

    Clusters with fewer trees repeat their first; one without any (where an observed spin does not flip itself) has its
    pairs of flipping spins instead.
    """
    found = []
    for cluster in members:
        edges = [(i, j) for i, j in combinations(cluster.tolist(), 2) if flips[i, j]]
        trees = [t for t in combinations(edges, len(cluster) - 1) if _spans(t, len(cluster))]
        if not trees:
            trees = [tuple(edges[e % len(edges)] for e in range(len(cluster) - 1))]
        found.append(trees)
    most = max(map(len, found), default=0)
    return np.array([[*trees, *[trees[0]] * (most - len(trees))] for trees in found])


def _spans(edges: tuple[tuple[int, int], ...], count: int) -> bool:
    """Whether count - 1 edges connect ``count`` spins."""
    joined = set(edges[0])
    for _ in edges:
        for edge in edges:
            if joined & set(edge):
                joined |= set(edge)
    return len(joined) == count
