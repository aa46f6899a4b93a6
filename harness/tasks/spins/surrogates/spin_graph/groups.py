"""Batches of systems sorted by kind, so that each kind is handled as arrays."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import tau
from typing import Any

import numpy as np

from harness.tasks.spins.systems import SpinSystem

EQUIVALENT_HZ = 1e-2


@dataclass(frozen=True, eq=False)
class Group:
    """Systems of one kind: equal N, isotopes, observed and tagged spin, and equal coupling graphs.

    ``rows`` are their positions in the requested batch; ``offsets`` (B, N) and ``couplings`` (B, N, N) are in rad/s,
    ``visible`` (B, N, N) are the couplings without those inside groups of equivalent spins, which do not change M.
    ``memo`` holds what other modules have computed for this kind of system.
    """

    rows: np.ndarray
    isotopes: tuple[str, ...]
    observed: tuple[int, ...]
    tagged: int
    alike: np.ndarray
    offsets: np.ndarray
    couplings: np.ndarray
    visible: np.ndarray
    memo: dict[Hashable, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def spins(self) -> int:
        """Number of spins N."""
        return self.offsets.shape[1]

    @cached_property
    def all_alike(self) -> bool:
        """One isotope only."""
        return len(self.observed) == self.spins

    @cached_property
    def centre(self) -> np.ndarray:
        """(B,) middle of the observed offsets in rad/s: the frame in which M is slowest."""
        seen = self.offsets if self.all_alike else self.offsets[:, list(self.observed)]
        return 0.5 * (seen.max(axis=1) + seen.min(axis=1))

    def take(self, part: slice) -> Group:
        """Some of the systems."""
        arrays = (self.rows[part], self.isotopes, self.observed, self.tagged, self.alike)
        return Group(*arrays, self.offsets[part], self.couplings[part], self.visible[part], self.memo)


@dataclass(eq=False)
class Memos:
    """Stored results for the kinds of system that were used last."""

    retained: int = 64
    _found: dict[Hashable, dict[Hashable, Any]] = field(default_factory=dict)

    def of(self, kind: Hashable) -> dict[Hashable, Any]:
        """The memo of one kind."""
        memo = self._found.pop(kind, None)
        if memo is None:
            memo = {}
            while len(self._found) >= self.retained:
                self._found.pop(next(iter(self._found)))
        self._found[kind] = memo
        return memo


def grouped(systems: Sequence[SpinSystem], memos: Memos | None = None) -> Iterator[Group]:
    """The systems by kind, each kind in the order of the batch."""
    memos = memos or Memos()
    kinds: dict[tuple[tuple[str, ...], str, int], list[int]] = {}
    for row, system in enumerate(systems):
        kinds.setdefault((system.isotopes, system.observed, system.tagged_spin), []).append(row)
    for (isotopes, observed, tagged), rows in kinds.items():
        if len(rows) == 1:
            offsets, couplings = systems[rows[0]].offsets_hz[None], systems[rows[0]].couplings_hz[None]
        else:
            offsets = np.stack([systems[r].offsets_hz for r in rows])
            couplings = np.stack([systems[r].couplings_hz for r in rows])
        n = offsets.shape[1]
        if isotopes.count(observed) == n:
            watched, alike = tuple(range(n)), np.ones((n, n), dtype=bool)
        else:
            watched = tuple(k for k in range(n) if isotopes[k] == observed)
            names = np.array([isotopes.index(i) for i in isotopes])
            alike = names[:, None] == names[None, :]
        visible = without_equivalent(offsets, couplings, alike)
        place = np.array(rows)
        if len(rows) == 1:
            parts = [slice(None)]
        else:
            bits = (couplings != 0).reshape(len(rows), -1)
            if visible is not couplings:
                bits = np.concatenate([bits, (visible != 0).reshape(len(rows), -1)], axis=1)
            keys = np.packbits(bits, axis=1)
            parts = [slice(None)]
        if len(rows) > 1 and not (keys == keys[0]).all():
            _, number = np.unique(keys, axis=0, return_inverse=True)
            order = np.argsort(number.ravel(), kind="stable")
            cuts = np.flatnonzero(np.diff(number.ravel()[order])) + 1
            parts = np.split(order, cuts)
        for part in parts:
            own = tau * couplings[part]
            seen = own if visible is couplings else tau * visible[part]
            kind = (isotopes, observed, tagged, (own[0] != 0).tobytes(), seen is own or (seen[0] != 0).tobytes())
            yield Group(place[part], isotopes, watched, tagged, alike, tau * offsets[part], own, seen, memos.of(kind))


def without_equivalent(offsets: np.ndarray, couplings: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Couplings in their effect on M: zero inside groups of magnetically equivalent spins, and equal outwards.

    Spins that differ by less than ``EQUIVALENT_HZ`` in offset and outer couplings count as equivalent; their couplings
    are averaged, which is what a strong coupling inside the group does to them.
    """
    ordered = np.sort(offsets, axis=1)
    if not (ordered[:, 1:] - ordered[:, :-1] <= EQUIVALENT_HZ).any():
        return couplings
    near = np.abs(offsets[:, :, None] - offsets[:, None, :]) <= EQUIVALENT_HZ
    batch, i, j = np.nonzero(near & alike & (couplings != 0))
    upper = i < j
    if not upper.any():
        return couplings
    batch, i = batch[upper], i[upper]
    out = couplings.copy()
    for b in np.unique(batch):
        for first in np.unique(i[batch == b]):
            group = np.flatnonzero(near[b, first] & alike[first])
            outside = np.setdiff1d(np.arange(offsets.shape[1]), group)
            rows = couplings[b][np.ix_(group, outside)]
            if np.all(np.abs(rows - rows[0]) <= EQUIVALENT_HZ):
                out[b][np.ix_(group, group)] = 0.0
                out[b][np.ix_(group, outside)] = rows.mean(axis=0)
                out[b][np.ix_(outside, group)] = rows.mean(axis=0)[:, None]
    return out
