"""What is read from a dataset file, checked before a number of it is used: it may be damaged, or made to harm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.data.block import ARRAYS, TEXTS, Block
from harness.tasks.spins.systems import TimeGrid

KINDS = {"tagged_spin": "i", "seeds": "i", "spin_signals": "c"}
"""Kinds of numpy types of the arrays; of all others "f"."""


def mix_of(text: str, fingerprint: str) -> dict[str, Any]:
    """The mix that a file holds as JSON text; the fingerprint covers every byte of it.

    A shard holds an empty mix, and the fingerprint alone.

    Raises
    ------
    ValueError
        If the text was changed.
    """
    mix = json.loads(text)
    if not isinstance(mix, dict):
        raise ValueError("the mix is no table")
    if mix and hashlib.sha256(text.encode()).hexdigest() != fingerprint:
        raise ValueError("the text of the mix does not fit its fingerprint")
    return mix


def refuse_foreign(file: Any, size: int) -> None:
    """Refuse what this program never writes: links, numbers kept in other files, and shapes beyond the file's size.

    ``file`` is an open HDF5 file of ``size`` bytes. Nothing is followed or allocated before this.

    Raises
    ------
    ValueError
        Naming the object.
    """
    import h5py

    declared = 0

    def look(group: Any) -> None:
        nonlocal declared
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"{group.name}/{name} is a link to elsewhere")
            found = group[name]
            if isinstance(found, h5py.Group):
                look(found)
            elif found.external or found.is_virtual:
                raise ValueError(f"{found.name} is kept in another file")
            else:
                declared += found.size * found.dtype.itemsize
                if declared > size:
                    raise ValueError(f"{found.name} declares {found.shape}, more than the file holds")

    for name in file:
        if name != "blocks":
            raise ValueError(f"/{name} does not belong there")
    look(file)


def read_block(group: Any) -> Block:
    """One block of a file that :func:`refuse_foreign` has passed.

    Raises
    ------
    ValueError, KeyError
        For an array that is missing or of another shape or type than the others ask for.
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
