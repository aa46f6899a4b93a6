"""The location of files that come with the code: m-files, molecules, presets and the packaged cache."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from harness.errors import InputError

Shared = Literal["matlab", "molecules", "spinach_cache", "configs"]


def shared_folder(name: Shared) -> Path:
    """Folder ``name`` of a checkout (next to the package) or of an installed wheel (inside it).

    Raises
    ------
    InputError
        If the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_shared" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise InputError(
        f"{name}/ is missing in {package.parent}: the installation is incomplete, install the package anew (in a "
        f"clone: git checkout -- {name})"
    )
