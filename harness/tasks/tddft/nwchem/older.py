"""Entries in the first format of this task, which had a checksum of its own; caches of users may hold some."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import h5py
import numpy as np

from harness.bridge.entry_file import CacheFault
from harness.bridge.recorded import Recorded
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem.answer import ARRAYS
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.systems import MolecularSystem

SIGNATURE = b"\x89HDF"
"""The first bytes of a file without a block of 512 bytes before the HDF5 file proper."""
SCHEMA = "tddft-nwchem-1"


def older_entry(content: bytes, where: str) -> Recorded:
    """The entry in a file of the first format.

    Raises
    ------
    CacheFault
        If the file cannot be read, is of another schema, or any of it has changed.
    """
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            text, stated = str(file.attrs["head"]), str(file.attrs["sha256"])
            arrays = {name: np.asarray(file[name]) for name in ARRAYS}
    except (OSError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise CacheFault(f"cache file {where}: cannot be read ({reason}); remove it and rebuild") from None
    if _checksum(text, arrays) != stated:
        raise CacheFault(f"cache file {where}: damaged (its checksum does not fit); remove it and rebuild")
    head: dict[str, Any] = json.loads(text)
    if head.get("schema") != SCHEMA:
        raise CacheFault(f"cache file {where}: schema {head.get('schema')!r} is not known; remove it and rebuild")
    grid = AtomicTimeGrid(head["points"], head["dt_au"], rule="em")
    system = MolecularSystem.from_dict(head["system"])
    request = Request(system, grid, head["real_every"], tuple(head["complex_at"]))
    about = {key: head[key] for key in ("system", "version", "deck", "seconds")}
    return Recorded(request.recorded, arrays, about)


def _checksum(text: str, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in ARRAYS:
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
