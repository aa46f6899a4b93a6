"""Tasks whose folders lie outside the package."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location

from harness.errors import InputError

PACKAGE = "harness.tasks"


def add_folders(found: dict[str, str], listed: str, variable: str, file: str) -> None:
    """Add the folders of a list as that of ``PATH``, and let each be imported as ``harness.tasks.<its name>``.

    ``variable`` has the list, and each folder has a ``file`` that makes it a task.

    Raises
    ------
    InputError
        If a folder has no ``task.py``, or the name of a task that is there.
    """
    for text in filter(None, listed.split(os.pathsep)):
        folder = os.path.abspath(text)
        name = os.path.basename(folder)
        if not os.path.isfile(os.path.join(folder, file)):
            raise InputError(f"{variable} names {text}, where there is no {file}: name the folder of a task")
        if name in found:
            raise InputError(f"{variable} names {text}, but {found[name]} has the same name: rename one of them")
        _register(name, folder)
        found[name] = folder


def _register(name: str, folder: str) -> None:
    full = f"{PACKAGE}.{name}"
    known = sys.modules.get(full)
    if known is not None and folder in list(known.__path__):
        return
    for module in [one for one in sys.modules if one == full or one.startswith(f"{full}.")]:
        del sys.modules[module]
    start = os.path.join(folder, "__init__.py")
    spec = spec_from_file_location(full, start, submodule_search_locations=[folder]) if os.path.isfile(start) else None
    if spec is None:  # a folder without __init__.py is a package all the same
        spec = ModuleSpec(full, None, is_package=True)
        spec.submodule_search_locations = [folder]
    sys.modules[full] = package = module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(package)
    setattr(sys.modules[PACKAGE], name, package)
