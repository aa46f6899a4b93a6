"""Finding tasks: by their folder, and by the name of a reference. The only access to the folders of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from harness.errors import InputError, nearest
from harness.task.shape import whole
from harness.task.task import Task
from harness.task_folders import DEFAULT, FILE, PACKAGE, folders


def tasks() -> Mapping[str, str]:
    """Name → module of its ``task.py``, of every task; nothing of a task is imported."""
    return {name: f"{PACKAGE}.{name}.task" for name in folders()}


def task_named(name: str) -> Task:
    """The task of this name, after the check that it is complete (see :func:`harness.task.shape.whole`).

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
    return task_named(DEFAULT)


def task_of(reference: str, option: str = "--validate-against") -> Task:
    """The task that has a reference of this name; ``task:name`` selects one if two tasks have it.

    Raises
    ------
    InputError
        If no task has it, or more than one; ``option`` is the option with which the user gave it.
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
    """The name alone of a reference that may be written as ``task:name``."""
    return reference.rpartition(":")[2]


def _listed(every: Iterable[Task]) -> str:
    every = list(every)
    several = len(every) > 1
    return "; ".join(f"{', '.join(t.references)}{f' of {t.name}' if several else ''}" for t in every)


@cache
def _imported(name: str, folder: str) -> Task:
    module, file = f"{PACKAGE}.{name}.task", Path(folder, FILE)
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{file}: needs the module {error.name!r}, which is not installed: import packages of an extra "
            "inside the functions that use them, never at the head of task.py"
        ) from None
    except Exception as error:
        raise InputError(f"{file}: cannot be imported ({type(error).__name__}: {error})") from None
    return whole(getattr(found, "TASK", None), name, file)
