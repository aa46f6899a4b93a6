"""Blocks of spin systems as they are read from a file, checked before a number of them is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.tasks.spins.data.block import ARRAYS, TEXTS, Block
from harness.tasks.spins.systems import TimeGrid

KINDS = {"tagged_spin": "i", "seeds": "i", "spin_signals": "c"}
"""Kinds of numpy types of the arrays; of all others "f"."""


class SpinBlocks:
    """How blocks of spin systems are stored in a file, see docs/data-format.md."""

    schema = "spin-dataset-1"
    size_name = "spins"

    def read(self, group: Any) -> Block:
        """One block, see :func:`read_block`."""
        return read_block(group)


BLOCKS = SpinBlocks()


def read_block(group: Any) -> Block:
    """One block of a file that :func:`harness.data.stored.refuse_foreign` has passed.

    Raises
    ------
    ValueError, KeyError
        For an array that is missing, or whose shape or type does not fit the others.
    """
    arrays = {name: group[name][()] if name in group else None for name in ARRAYS}
    texts = {name: str(group.attrs[name]) for name in TEXTS}
    grid = TimeGrid(int(group.attrs["points"]), float(group.attrs["dt_s"]))
    labels, isotopes = (tuple(json.loads(str(group.attrs[name]))) for name in ("labels", "isotopes"))
    if len(isotopes) != len(labels) or not all(isinstance(word, str) for word in (*labels, *isotopes)):
        raise ValueError(f"{group.name}: labels and isotopes must be words, one per spin")
    observed = isotopes.count(texts["observed"])
    _check_shapes(arrays, len(labels), observed, grid, group.name)
    return Block(grid=grid, labels=labels, isotopes=isotopes, **texts, **arrays)  # type: ignore[arg-type]


def _check_shapes(
    arrays: Mapping[str, np.ndarray | None], spins: int, observed: int, grid: TimeGrid, where: str
) -> None:
    offsets, points = arrays["offsets_hz"], grid.points
    count = 0 if offsets is None else len(offsets)
    shapes = {
        "offsets_hz": (count, spins),
        "couplings_hz": (count, spins, spins),
        "tagged_spin": (count,),
        "seeds": (count,),
        "mx": (count, points),
        "my": (count, points),
        "i1z": (count, points),
        "spin_signals": (count, observed, points),
        "spin_polarisations": (count, spins, points),
    }
    for name, shape in shapes.items():
        array = arrays[name]
        if array is None and name in ("spin_signals", "spin_polarisations"):
            continue
        if array is None or not count:
            raise ValueError(f"{where}: {name} is missing or empty")
        if array.shape != shape or array.dtype.kind != KINDS.get(name, "f"):
            raise ValueError(f"{where}: {name} is {array.dtype} {array.shape}, where {shape} is due")
