"""Finding tasks: by their folder, and by the name of a reference. The only door to the folders of tasks.

Tasks of other people need not lie below ``harness/tasks``: the variable ``HARNESS_TASKS`` names their folders,
separated as those of ``PATH``. A folder ``…/oscillator`` is then imported as ``harness.tasks.oscillator``, so that it
can move into the package without a change.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import harness.tasks
from harness.errors import InputError, nearest
from harness.task.shape import whole
from harness.task.task import Task

PACKAGE = "harness.tasks"
FILE = "task.py"
VARIABLE = "HARNESS_TASKS"


def folders() -> Mapping[str, Path]:
    """Name → folder of every task: those of the package, then those of :data:`VARIABLE`.

    Raises
    ------
    InputError
        If the variable names a folder without ``task.py``, or one whose name another task has.
    """
    found = {path.parent.name: path.parent for path in sorted(Path(harness.tasks.__file__).parent.glob(f"*/{FILE}"))}
    for text in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        folder = Path(text).absolute()
        if not (folder / FILE).is_file():
            raise InputError(f"{VARIABLE} names {text}, where there is no {FILE}: name the folder of a task, or none")
        if folder.name in found:
            raise InputError(f"{VARIABLE} names {text}, but {found[folder.name]} has the same name: rename it")
        _register(folder)
        found[folder.name] = folder
    return found


def tasks() -> Mapping[str, str]:
    """Name → module of its ``task.py``, of every task; nothing of a task is imported."""
    return {name: f"{PACKAGE}.{name}.task" for name in folders()}


def task_named(name: str) -> Task:
    """The task of this name, whole in its shape (see :func:`harness.task.shape.whole`).

    Raises
    ------
    InputError
        If there is none, its ``task.py`` cannot be imported, or a part of it is missing.
    """
    known = folders()
    if name not in known:
        raise InputError(f"task {name!r} is unknown{nearest(name, known)} (known: {', '.join(known)})")
    return _imported(name, known[name])


def default_task() -> Task:
    """The task of commands that name none."""
    return task_named(harness.tasks.DEFAULT)


def task_of(reference: str, option: str = "--validate-against") -> Task:
    """The task that has a reference of this name; ``task:name`` says which where two tasks have one.

    Raises
    ------
    InputError
        If no task has it, or more than one; ``option`` is where the user wrote it.
    """
    task, _, name = reference.rpartition(":")
    every = {one: task_named(one) for one in folders()}
    if task:
        if task not in every:
            raise InputError(f"{option} {reference!r}: task {task!r} is unknown (known: {', '.join(every)})")
        every = {task: every[task]}
    found = [one for one in every.values() if name in one.references]
    if len(found) > 1:
        choices = " or ".join(f"{one.name}:{name}" for one in found)
        raise InputError(f"{option} {name!r}: {' and '.join(t.name for t in found)} have a reference of this name: "
                         f"write {choices}")  # fmt: skip
    if not found:
        names = [known for one in every.values() for known in one.references]
        raise InputError(f"{option} {reference!r} is unknown{nearest(name, names)} (known: {_listed(every.values())})")
    return found[0]


def reference_name(reference: str) -> str:
    """The name alone of a reference that may be written ``task:name``."""
    return reference.rpartition(":")[2]


def _listed(every: Iterable[Task]) -> str:
    every = list(every)
    several = len(every) > 1
    return "; ".join(f"{', '.join(t.references)}{f' of {t.name}' if several else ''}" for t in every)


@cache
def _imported(name: str, folder: Path) -> Task:
    module = f"{PACKAGE}.{name}.task"
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{folder / FILE}: needs the module {error.name!r}, which is not installed: import packages of an extra "
            "inside the functions that use them, never at the head of task.py"
        ) from None
    except Exception as error:
        raise InputError(f"{folder / FILE}: cannot be imported ({type(error).__name__}: {error})") from None
    return whole(getattr(found, "TASK", None), name, folder / FILE)


def _register(folder: Path) -> None:
    """Let ``harness.tasks.<name of the folder>`` be this folder."""
    name = f"{PACKAGE}.{folder.name}"
    known = sys.modules.get(name)
    if known is not None and str(folder) in list(known.__path__):
        return
    for module in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[module]
    _imported.cache_clear()
    sys.modules[name] = package = _package(name, folder)
    if package.__spec__ is not None and package.__spec__.loader is not None:
        package.__spec__.loader.exec_module(package)
    setattr(harness.tasks, folder.name, package)


def _package(name: str, folder: Path) -> ModuleType:
    start = folder / "__init__.py"
    spec = spec_from_file_location(name, start, submodule_search_locations=[str(folder)]) if start.is_file() else None
    if spec is None:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    return module_from_spec(spec)
