"""Cached answers of GFN2-xTB: one HDF5 file for each, named by its request, with a checksum over all of it.

A request is plain JSON (kind, method, accuracy, elements, geometry as exact float64, …); versions of programs are
provenance and no part of it. A file that is damaged is refused, and never used.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from harness.durable import writing
from harness.errors import InputError

SCHEMA = "kstep-answer-1"
PACKAGED = Path(__file__).parents[1] / "answers"
FOLDER_VARIABLE = "HARNESS_CACHE"


class CacheFault(InputError):
    """A cached file that is damaged or of another schema."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One answer: the request, the arrays of the result, and the program that computed them."""

    request: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]
    provenance: Mapping[str, str]

    @property
    def name(self) -> str:
        """The file name."""
        return entry_name(self.request)


def entry_name(request: Mapping[str, Any]) -> str:
    """Kind and the first 32 digits of the SHA-256 of the request."""
    text = json.dumps(request, sort_keys=True, allow_nan=False)
    return f"{request['kind']}-{hashlib.sha256(text.encode()).hexdigest()[:32]}.h5"


def exact(array: np.ndarray) -> list[str]:
    """An array of float64 as hexadecimal text, for a request."""
    return [float(value).hex() for value in np.asarray(array).ravel()]


@dataclass(frozen=True)
class Cache:
    """Folders of entries: the packaged one first, then the user's; writing goes to the user's."""

    user: Path
    packaged: Path = PACKAGED

    @classmethod
    def open(cls, folder: str | Path | None = None) -> Cache:
        """The user's folder (given, or HARNESS_CACHE, or in the user's cache folder) and the packaged one."""
        named = folder or os.environ.get(FOLDER_VARIABLE)
        base = Path(named).expanduser() if named else None
        if base is None:
            home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
            base = Path(home).expanduser() / "spin-harness"
        return cls(base / "xtb_cache")

    def count(self) -> int:
        """Number of files, not verified."""
        return len({path.name for folder in (self.packaged, self.user) for path in folder.glob("*.h5")})

    def find(self, request: Mapping[str, Any]) -> Entry | None:
        """The entry that answers this request, None if there is none.

        Raises
        ------
        CacheFault
            If the file that would answer is damaged.
        """
        name = entry_name(request)
        for folder in (self.packaged, self.user):
            if (folder / name).is_file():
                return read_entry(folder / name)
        return None

    def store(self, entry: Entry) -> Path:
        """Write an entry to the user's folder, whole or not at all."""
        return write_entry(self.user, entry)


def write_entry(folder: Path, entry: Entry) -> Path:
    """Write an entry atomically; the same entry gives the same bytes."""
    path = folder / entry.name
    with writing(path) as temporary, h5py.File(temporary, "w", libver="latest", track_order=False) as file:
        file.attrs["schema"] = SCHEMA
        file.attrs["request"] = json.dumps(entry.request, sort_keys=True)
        file.attrs["provenance"] = json.dumps(dict(entry.provenance), sort_keys=True)
        file.attrs["sha256"] = _digest(entry.request, entry.provenance, entry.arrays)
        for name in sorted(entry.arrays):
            file.create_dataset(name, data=entry.arrays[name], track_times=False)
    return path


def read_entry(path: Path) -> Entry:
    """Read and verify one file.

    Raises
    ------
    CacheFault
        Naming the file.
    """
    try:
        with h5py.File(path, "r") as file:
            schema = file.attrs["schema"]
            request = json.loads(str(file.attrs["request"]))
            provenance = json.loads(str(file.attrs["provenance"]))
            arrays = {name: np.array(file[name]) for name in sorted(file)}
            stored = file.attrs["sha256"]
    except (OSError, KeyError, ValueError) as error:
        raise CacheFault(f"cached answer {path}: damaged ({str(error)[:100]}); remove it") from None
    if schema != SCHEMA:
        raise CacheFault(f"cached answer {path}: schema {schema!r}, this version reads {SCHEMA!r}; remove it")
    if _digest(request, provenance, arrays) != stored or entry_name(request) != path.name:
        raise CacheFault(f"cached answer {path}: its checksum or its name does not fit its content; remove it")
    return Entry(request, arrays, provenance)


def _digest(request: Mapping[str, Any], provenance: Mapping[str, str], arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256(json.dumps([SCHEMA, dict(request), dict(provenance)], sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
