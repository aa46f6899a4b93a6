"""Bases of Liouville space for large molecules: products over groups of spins that are coupled to one another.

The groups are those of restricted state spaces: each spin with all that it is coupled to ("IK-2" of Spinach), and
connected groups of a few spins ("IK-1"). Source: I. Kuprov, N. Wagner-Rundell, P. J. Hore, J. Magn. Reson. 189, 241
(2007); H. J. Hogben et al., J. Magn. Reson. 208, 179 (2011).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import numpy as np

from harness.tasks.spins.relaxation.states import PROJECTION, ProductStates
from harness.tasks.spins.systems import SpinSystem

Group = frozenset[int]


def neighbourhoods(system: SpinSystem, size: int) -> set[Group]:
    """Each spin with the spins that are coupled to it, the strongest ``size`` - 1 where there are more."""
    strength = np.abs(system.couplings_hz)
    found = set()
    for k in range(len(system)):
        coupled = sorted(np.flatnonzero(strength[k]).tolist(), key=lambda j: (-strength[k, j], j))
        found.add(frozenset([k, *coupled[: size - 1]]))
    return found


def connected_groups(system: SpinSystem, size: int) -> set[Group]:
    """Every connected group of ``size`` spins, and what is connected in fewer."""
    near = [frozenset(np.flatnonzero(row).tolist()) for row in system.couplings_hz]
    found: set[Group] = {frozenset([k]) for k in range(len(system))}
    for _ in range(size - 1):
        found = {
            group | {new} if new is not None else group
            for group in found
            for new in (frozenset().union(*(near[k] for k in group)) - group or {None})
        }
    return found


def whole_parts(system: SpinSystem, size: int | None = None) -> set[Group]:
    """The connected parts of up to ``size`` spins; all parts by default."""
    return {frozenset(part) for part in system.components() if size is None or len(part) <= size}


def groups_by_distance(spins: int, size: int) -> set[Group]:
    """All groups of ``size`` spins: those of a "space level" without a limit of distance."""
    return {frozenset(group) for group in combinations(range(spins), size)}


def states_of(groups: Iterable[Group], system: SpinSystem, orders: dict[str, int]) -> ProductStates:
    """The products over the groups with these coherence orders of the isotopes, 0 for one that is not named."""
    kinds = {kind: orders.get(kind, 0) for kind in dict.fromkeys(system.isotopes)}

    def retained(group: list[int], numbers: np.ndarray) -> np.ndarray:
        chosen = np.ones(len(numbers), bool)
        for kind, order in kinds.items():
            mine = [n for n, k in enumerate(group) if system.isotopes[k] == kind]
            chosen &= PROJECTION[numbers[:, mine]].sum(axis=1) == order
        return numbers[chosen]

    weights = _weights(len(system))
    codes = [retained(sorted(group), _numbers(len(group))) @ weights[sorted(group)] for group in groups]
    return ProductStates((np.unique(np.concatenate(codes))[:, None] // weights % 4).astype(np.int8))


def codes_of(groups: Iterable[Group], spins: int) -> np.ndarray:
    """Ascending codes of all products over the groups, of any coherence order."""
    weights = _weights(spins)
    return np.unique(np.concatenate([_numbers(len(group)) @ weights[sorted(group)] for group in groups]))


def _numbers(spins: int) -> np.ndarray:
    return np.array(list(product(range(4), repeat=spins)), dtype=np.int64)


def _weights(spins: int) -> np.ndarray:
    return 4 ** np.arange(spins - 1, -1, -1, dtype=np.int64)
