"""Our own m-files: where they are, and which."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.resources import shared_folder


def matlab_folder() -> Path:
    """The folder with ``harness_run.m``."""
    return shared_folder("matlab")


def mfiles_hash() -> str:
    """SHA-256 over names and contents of all our m-files: provenance of every result, never a reason for staleness."""
    digest = hashlib.sha256()
    folder = matlab_folder()
    for path in sorted(folder.rglob("*.m")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
