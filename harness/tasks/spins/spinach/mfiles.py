"""Our own m-files: their folder and their checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.resources import shared_folder


def matlab_folder() -> Path:
    """The folder with ``harness_run.m``."""
    return shared_folder("matlab")


def mfiles_hash() -> str:
    """SHA-256 over names and contents of all our m-files: provenance only; results stay valid when it changes."""
    digest = hashlib.sha256()
    folder = matlab_folder()
    for path in sorted(folder.rglob("*.m")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
