"""Which cache entries come with the package, and that they are the ones that it was made with.

``spinach_cache.sha256`` beside this module pins every entry of the packaged folder by the SHA-256 of its file (the
format of ``sha256sum``; ``python tools/pin_cache.py`` writes it). The checksum inside an entry shows damage and not
origin: whoever changes the numbers can write a fitting one. The pins are part of the code, and change with a commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from harness.errors import InputError
from harness.resources import shared_folder

PINS = Path(__file__).with_name("spinach_cache.sha256")


@cache
def pins() -> Mapping[str, str]:
    """File name → SHA-256 (64 hex digits) of every packaged entry."""
    lines = PINS.read_text(encoding="ascii").splitlines()
    return MappingProxyType({name: digest for digest, _, name in (line.partition("  ") for line in lines)})


def is_packaged(folder: Path) -> bool:
    """True for the folder that comes with the package, by whatever path it is named."""
    try:
        return folder.resolve() == shared_folder("spinach_cache").resolve()
    except InputError:
        return False


def unpinned(path: Path, content: bytes) -> str:
    """Why a file in the packaged folder is not one of the package's, "" if it is."""
    pinned = pins().get(path.name)
    if pinned is None:
        return "is no entry of this package; move it to a folder of your own (HARNESS_CACHE)"
    if hashlib.sha256(content).hexdigest() != pinned:
        return "is not the entry that comes with this package (another SHA-256); install the package anew"
    return ""


def manifest_of(folder: Path) -> str:
    """The pins that the entries of ``folder`` have now, as the text of a manifest."""
    files = sorted(folder.glob("*.h5"))
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
