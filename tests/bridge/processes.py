"""Processes that are still there."""

from __future__ import annotations

import os
from pathlib import Path


def descendants_of(marker: str) -> list[str]:
    """Processes whose command line or environment names ``marker``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if marker.encode() in text and int(folder.name) != os.getpid():
            found.append(folder.name)
    return found
