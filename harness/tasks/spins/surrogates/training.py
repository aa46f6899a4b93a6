"""The data on the training systems in the record of trained weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.tasks.spins.data import Block, Mix, Part
from harness.tasks.spins.surrogates.domain import Domain


def domain_of(blocks: Sequence[Block], mix: Mix, chains_only: bool) -> dict[str, Any]:
    """:func:`limits` of a network's training systems as plain values; networks for one size each: chains only."""
    return limits(blocks, mix.parts, chains_only).as_dict()


def limits(blocks: Sequence[Block], parts: Sequence[Part], chains_only: bool) -> Domain:
    """Limits that a network's training systems were drawn within; of molecules, the limits that they reach."""
    declared = {part.name: part for part in parts if not part.molecules}
    offsets, lows, highs = [], [], []
    for block in blocks:
        bonds = np.abs(block.couplings_hz[:, *np.triu_indices(block.spins, 1)])
        bonds = bonds[bonds > 0]
        if block.part in declared:
            offsets.append(declared[block.part].offset_range_hz)
            low, high = declared[block.part].coupling_range_hz
            lows.append(low)
            highs.append(high)
            continue
        offsets.append(float(np.abs(block.offsets_hz).max()))
        lows += [float(bonds.min())] if len(bonds) else []
        highs += [float(bonds.max())] if len(bonds) else []
    sizes = [block.spins for block in blocks]
    return Domain(
        offset_hz=max(offsets),
        coupling_hz=(min(lows, default=0.0), max(highs, default=0.0)),
        spins=(min(sizes), max(sizes)),
        degree=max(int((block.couplings_hz != 0).sum(axis=2).max()) for block in blocks),
        horizon_s=blocks[0].grid.horizon_s,
        topologies="chain" if chains_only else "any",
        uniform_coupling=chains_only and all(_uniform(block) for block in blocks),
        isotopes=max(len(set(block.isotopes)) for block in blocks),
    )


def _uniform(block: Block) -> bool:
    upper = np.abs(block.couplings_hz[:, *np.triu_indices(block.spins, 1)])
    smallest = np.where(upper > 0, upper, np.inf).min(axis=1)
    return bool(np.all(upper.max(axis=1) - smallest < 1e-9))
