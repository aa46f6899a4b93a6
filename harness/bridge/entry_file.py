"""One result of a production code in one HDF5 file whose first 512 bytes hold a checksum of every byte of it.

Layout: an HDF5 user block of exactly 512 bytes, then the HDF5 file proper: one attribute ``entry`` (a header, as JSON)
and arrays by name. The user block is the ASCII line

    spin-harness-cache schema=1 sha256=<64 hex digits>\\n

padded with blanks. The digest is over "schema=1", a line feed and everything after the user block, and the block must
equal, byte for byte, what this module would write: a change of any single byte of the file is refused. HDF5 tools read
the file as it is (``h5dump``, ``h5py``), because they skip a user block.

A file is built in memory, written under a temporary name, synced and renamed: it is complete or absent.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from harness.errors import InputError

BLOCK = 512
SMALL = 64
"""An array of at most this many numbers is not compressed: compression would make it larger."""
_HEADER = re.compile(rb"([a-z0-9-]{1,60}) schema=(\d{1,9}) sha256=([0-9a-f]{64})\n")

T = TypeVar("T")


class CacheFault(InputError):
    """A cache file that is damaged, or of a schema that this version does not read. It is never used."""


@dataclass(frozen=True)
class EntryFormat:
    """The format of one kind of entry: a word that names it, and the version of what its header and arrays mean."""

    word: str = "spin-harness-cache"
    schema: int = 1

    def to_bytes(self, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
        """The whole file.

        Raises
        ------
        ValueError
            If a number of the header is not finite, or the header is not JSON otherwise.
        """
        import h5py

        buffer = io.BytesIO()
        with h5py.File(buffer, "w", libver="v110", track_order=False) as file:
            file.attrs["entry"] = json.dumps(header, allow_nan=False, sort_keys=True)
            for name, array in arrays.items():
                packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True} if array.size > SMALL else {}
                file.create_dataset(name, data=array, **packed)
        body = buffer.getvalue()
        return self._block(body) + body

    def from_bytes(self, content: bytes, where: str, parse: Callable[[dict[str, Any], dict[str, np.ndarray]], T]) -> T:
        """Check every byte, then return ``parse`` of header and arrays; ``where`` names the file in messages.

        Raises
        ------
        CacheFault
            Naming the file, its fault, and the remedy; also if ``parse`` raises any exception.
        """
        head = _HEADER.match(content[:BLOCK])
        if head is None or len(content) <= BLOCK or head[1].decode() != self.word:
            raise CacheFault(f"cache file {where}: not an entry of this cache, or damaged; remove it and rebuild")
        if (schema := int(head[2])) != self.schema:
            age = "newer" if schema > self.schema else "older"
            remedy = "update spin-harness" if schema > self.schema else "remove it and rebuild"
            raise CacheFault(
                f"cache file {where}: schema {schema} is {age} than {self.schema}, which this reads; {remedy}"
            )
        body = content[BLOCK:]
        if content[:BLOCK] != self._block(body):
            raise CacheFault(f"cache file {where}: damaged (its checksum does not fit); remove it and rebuild")
        try:
            return parse(*_unpacked(body))
        except Exception as error:
            reason = f"sound, but not readable as schema {self.schema} ({type(error).__name__}: {error})"
            raise CacheFault(f"cache file {where}: {reason}") from None

    def _block(self, body: bytes) -> bytes:
        digest = hashlib.sha256(f"schema={self.schema}\n".encode())
        digest.update(body)
        return f"{self.word} schema={self.schema} sha256={digest.hexdigest()}\n".encode().ljust(BLOCK)


def _unpacked(body: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    import h5py

    with h5py.File(io.BytesIO(body), "r") as file:
        return json.loads(str(file.attrs["entry"])), {str(name): np.asarray(file[name]) for name in file}
