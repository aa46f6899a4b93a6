"""Batches of systems as directed bonds, for the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import tau
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.groups import Group

if TYPE_CHECKING:
    import torch

    from harness.tasks.spins.surrogates.spin_graph.network import GraphBatch


@dataclass(frozen=True, eq=False)
class Bonds:
    """Directed bonds j→k of one coupling graph; ``active`` is 1 in components of more than three spins."""

    source: np.ndarray
    target: np.ndarray
    reverse: np.ndarray
    active: np.ndarray


def bonds_of(flips: np.ndarray) -> Bonds:
    """The bonds of a graph, (N, N) bool: couplings between spins of one isotope that change M."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    target, source = np.nonzero(flips)
    _, component = connected_components(csr_array(flips), directed=False)
    size = np.bincount(component)[component]
    number = np.zeros(flips.shape, dtype=np.int64)
    number[target, source] = np.arange(len(target))
    return Bonds(source, target, number[source, target], (size[target] > 3).astype(float))


def watched_bonds(group: Group) -> np.ndarray:
    """(N, N) bool: bonds between observed spins that change M."""
    watched = np.isin(np.arange(group.spins), group.observed)
    return (group.visible[0] != 0) & group.alike & watched[:, None] & watched[None, :]


def graph_batch(
    bonds: Sequence[Bonds], offsets_hz: Sequence[np.ndarray], couplings_hz: Sequence[np.ndarray]
) -> GraphBatch:
    """One graph per system, numbered through; offsets (N,) and couplings (N, N) in Hz."""
    import torch

    from harness.tasks.spins.surrogates.spin_graph.network import GraphBatch

    nodes = np.cumsum([0, *(len(o) for o in offsets_hz)])
    counts = np.cumsum([0, *(len(b.source) for b in bonds)])
    coupling = [c[b.target, b.source] for b, c in zip(bonds, couplings_hz, strict=True)]
    detuning = [o[b.source] - o[b.target] for b, o in zip(bonds, offsets_hz, strict=True)]

    def joined(arrays: list[np.ndarray], kind: torch.dtype) -> torch.Tensor:
        return torch.from_numpy(np.concatenate(arrays)).to(kind)

    return GraphBatch(
        int(nodes[-1]),
        joined([b.source + n for b, n in zip(bonds, nodes[:-1], strict=True)], torch.int64),
        joined([b.target + n for b, n in zip(bonds, nodes[:-1], strict=True)], torch.int64),
        joined([b.reverse + n for b, n in zip(bonds, counts[:-1], strict=True)], torch.int64),
        joined(coupling, torch.float32),
        joined(detuning, torch.float32),
        joined([b.active for b in bonds], torch.float32),
    )


def bond_parameters(bonds: Bonds, group: Group) -> tuple[np.ndarray, np.ndarray]:
    """J and D = Ω_source - Ω_target of the bonds in every system of a group, (bonds, B) in Hz."""
    coupling = group.visible[:, bonds.target, bonds.source].T / tau
    detuning = (group.offsets[:, bonds.source] - group.offsets[:, bonds.target]).T / tau
    return coupling, detuning


def same_graph_batch(bonds: Bonds, group: Group) -> GraphBatch:
    """The graph of a group, whose systems share one coupling graph; its nodes run over spins, then systems."""
    import torch

    from harness.tasks.spins.surrogates.spin_graph.network import GraphBatch

    batch = len(group)
    coupling, detuning = bond_parameters(bonds, group)
    row = np.arange(batch)

    def numbers(values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy((values[:, None] * batch + row).reshape(-1))

    return GraphBatch(
        batch * group.spins,
        numbers(bonds.source),
        numbers(bonds.target),
        numbers(bonds.reverse),
        torch.from_numpy(coupling.reshape(-1)).float(),
        torch.from_numpy(detuning.reshape(-1)).float(),
        torch.from_numpy(np.repeat(bonds.active, batch)).float(),
    )
