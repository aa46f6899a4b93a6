"""Checks of a dataset file before any number of it is used: the file may be damaged or malicious."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def mix_of(text: str, fingerprint: str) -> dict[str, Any]:
    """The mix that a file contains as JSON text; the fingerprint covers every byte of it.

    A shard contains an empty mix and only the fingerprint.

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
    """Refuse what this program never writes: links, numbers stored in other files, and shapes beyond the file's size.

    ``file`` is an open HDF5 file of ``size`` bytes. Before this check no link is followed and no memory allocated.

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
                raise ValueError(f"{found.name} is stored in another file")
            else:
                declared += found.size * found.dtype.itemsize
                if declared > size:
                    raise ValueError(f"{found.name} declares {found.shape}, more than the file holds")

    for name in file:
        if name != "blocks":
            raise ValueError(f"/{name} does not belong there")
    look(file)
