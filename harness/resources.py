"""Where the files live that travel with the code: m-files, molecules and what Spinach said."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Shared = Literal["matlab", "molecules", "spinach_cache", "configs"]


def shared_folder(name: Shared) -> Path:
    """Folder ``name`` of a checkout (beside the package) or of an installed wheel (inside it).

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_shared" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"{name}/ is missing beside {package}: the installation is incomplete, reinstall it")
