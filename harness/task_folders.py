"""The folders of the tasks: those below ``harness/tasks``, and those named by an environment variable.

Tasks of other authors can be outside the package: the variable ``HARNESS_TASKS`` names their folders, separated as in
``PATH``. A folder ``…/oscillator`` is then imported as ``harness.tasks.oscillator``, so that it can be moved into the
package without a change. Every command imports this module; therefore it imports almost nothing itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import harness.tasks

PACKAGE, DEFAULT = harness.tasks.__name__, harness.tasks.DEFAULT
"""The package of all tasks, and the task of commands that name none. No other common module imports that package."""
VARIABLE = "HARNESS_TASKS"
FILE = "task.py"


def folders() -> Mapping[str, str]:
    """Name → folder of every task: those of the package in alphabetical order, then those of :data:`VARIABLE`.

    Raises
    ------
    InputError
        If the variable names a folder without ``task.py``, or a folder with the name of another task.
    """
    inside = os.path.dirname(os.path.abspath(harness.tasks.__file__))
    found = {name: os.path.join(inside, name) for name in sorted(os.listdir(inside))}
    found = {name: folder for name, folder in found.items() if has(folder, FILE)}
    for text in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        folder = os.path.abspath(text)
        name = os.path.basename(folder)
        _refuse(text, folder, found.get(name))
        _register(name, folder)
        found[name] = folder
    return found


def has(folder: str, file: str) -> bool:
    """True if the folder holds this file."""
    return os.path.isfile(os.path.join(folder, file))


def _refuse(text: str, folder: str, other: str | None) -> None:
    from harness.errors import InputError

    if not has(folder, FILE):
        raise InputError(f"{VARIABLE} names {text}, where there is no {FILE}: name the folder of a task")
    if other is not None:
        raise InputError(f"{VARIABLE} names {text}, but {other} has the same name: rename one of them")


def _register(name: str, folder: str) -> None:
    """Import the package in this folder as ``harness.tasks.<name>``; it needs no ``__init__.py``."""
    from importlib.machinery import ModuleSpec
    from importlib.util import module_from_spec, spec_from_file_location

    full = f"{PACKAGE}.{name}"
    known = sys.modules.get(full)
    if known is not None and folder in list(known.__path__):
        return
    for module in [one for one in sys.modules if one == full or one.startswith(f"{full}.")]:
        del sys.modules[module]
    start = os.path.join(folder, "__init__.py")
    spec = spec_from_file_location(full, start, submodule_search_locations=[folder]) if os.path.isfile(start) else None
    if spec is None:
        spec = ModuleSpec(full, None, is_package=True)
        spec.submodule_search_locations = [folder]
    sys.modules[full] = package = module_from_spec(spec)
    if spec.loader is not None:
        spec.loader.exec_module(package)
    setattr(harness.tasks, name, package)
