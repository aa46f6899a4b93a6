"""Requests of plain values and their results, as entries of a cache: each under the key of its request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from harness.bridge.entry_file import CacheFault, EntryFormat
from harness.bridge.folders import EntryFolders, checked_content, user_folder


@dataclass(frozen=True)
class Request:
    """The values that determine a result: ``fields`` are JSON values (floats with all bits, by ``float.hex()``).

    ``case`` is a name for readers and does not enter the key.
    """

    fields: Mapping[str, Any]
    case: str = ""
    cost_s: float = 1.0

    @property
    def key(self) -> str:
        """SHA-256 (hex) of the fields: the name of the entry."""
        text = json.dumps(self.fields, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, eq=False)
class Recorded:
    """The result of a request: arrays by name, and its provenance as JSON values (version, date, seconds, input file).

    ``path`` is the file that it was read from, None for one that was computed now.
    """

    request: Request
    arrays: Mapping[str, np.ndarray]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None


@dataclass(frozen=True)
class RecordedEntries(EntryFolders[Recorded]):
    """Folders of results, each under the key of its request. A production code has a subclass with its format."""

    format: ClassVar[EntryFormat]

    @classmethod
    def open(cls, code: str, cache_dir: str | Path | None = None) -> Self:
        """The user's folder for a production code, and the one that comes with the package, if there is one."""
        packaged = [cls.pins.packaged()] if cls.pins is not None else []
        return cls((user_folder(code, cache_dir), *packaged))

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """One entry, checked; raises :class:`CacheFault` for a file that is not one, or has another name."""
        entry = cls.format.from_bytes(checked_content(path, cls.pins), str(path), _parsed)
        if path.name != cls.name_of(entry):
            raise CacheFault(f"cache file {path}: its name does not fit its content; remove it")
        return replace(entry, path=path)

    @classmethod
    def name_of(cls, entry: Recorded) -> str:
        """The key of the request."""
        return f"{entry.request.key}.h5"

    @classmethod
    def content_of(cls, entry: Recorded) -> bytes:
        """The whole file."""
        header = {
            "key": entry.request.key,
            "case": entry.request.case,
            "request": dict(entry.request.fields),
            "provenance": dict(entry.provenance),
        }
        return cls.format.to_bytes(header, entry.arrays)

    def find(self, request: Request) -> Recorded | None:
        """The entry of exactly this request, None if there is none; raises :class:`CacheFault` for a damaged one."""
        name = f"{request.key}.h5"
        path = next((folder / name for folder in self.in_order if (folder / name).exists()), None)
        return None if path is None else self.read(path)


def _parsed(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Recorded:
    request = Request(header["request"], header["case"])
    if request.key != header["key"]:
        raise ValueError("the key does not follow from the request")
    return Recorded(request, arrays, header["provenance"])
