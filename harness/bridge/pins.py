"""The list of entries that come with the package, with checksums that show whether they are the original ones.

A file of pins lists the SHA-256 of every entry of a packaged folder (the format of ``sha256sum``). The checksum inside
an entry detects damage but does not prove its origin: a person who changes the numbers can also write a matching
checksum. The pins are part of the code, and change only with a commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from harness.errors import InputError


@dataclass(frozen=True)
class Pins:
    """The pins of one packaged folder: ``file`` lists them, ``packaged`` gives the folder (or raises InputError)."""

    file: Path
    packaged: Callable[[], Path]

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """File name → SHA-256 (64 hex digits) of every packaged entry."""
        lines = self.file.read_text(encoding="ascii").splitlines()
        return MappingProxyType({name: digest for digest, _, name in (line.partition("  ") for line in lines)})

    def is_packaged(self, folder: Path) -> bool:
        """True for the folder that comes with the package, by whatever path it is named."""
        try:
            return folder.resolve() == self.packaged().resolve()
        except InputError:
            return False

    def unpinned(self, path: Path, content: bytes) -> str:
        """Why a file in the packaged folder is not one of the package's, "" if it is."""
        pinned = self.digests.get(path.name)
        if pinned is None:
            return "is no entry of this package; move it to a folder of your own (HARNESS_CACHE)"
        if hashlib.sha256(content).hexdigest() != pinned:
            return "is not the entry that comes with this package (another SHA-256); install the package anew"
        return ""


def pins_of(folder: Path) -> str:
    """The pins that the entries of ``folder`` have now, as the text of a file of pins."""
    files = sorted(folder.glob("*.h5"))
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
