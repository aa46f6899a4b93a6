"""Is a task complete? This is checked when the task is found, before any part of it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import InputError, nearest
from harness.task.task import Task


def whole(task: Any, name: str, file: Path) -> Task:
    """The task, if it is one and nothing is missing.

    Raises
    ------
    InputError
        One line that names the file, the part that is missing or wrong, and the remedy.
    """
    if not isinstance(task, Task):
        raise InputError(f"{file}: has no TASK: set TASK = harness.task.Task(name={name!r}, …)")
    if task.name != name:
        raise InputError(f"{file}: TASK has the name {task.name!r} in the folder {name!r}: use one name for both")
    for part in ("question", "production", "subject", "observables", "references"):
        if not getattr(task, part):
            raise InputError(f"{file}: TASK has no {part}: fill in {part}")
    if not task.targets.is_file():
        raise InputError(f"{file}: TASK.targets names {task.targets}, which is not there: write this file")
    if task.targets.parent != file.parent:
        raise InputError(f"{file}: TASK.targets names {task.targets}: it must lie in the folder of task.py")
    if (task.extra and not task.packages) or (task.packages and not task.extra):
        raise InputError(f"{file}: TASK needs both extra and packages, or neither: fill in the other one")
    _known(file, "production", task.production, tuple(task.references))
    named = (*task.models, *task.references)
    _known(file, "subject", task.subject, named)
    if task.baseline:
        _known(file, "baseline", task.baseline, named)
    for part in ("references", "models"):
        for key, value in getattr(task, part).items():
            place = value if part == "references" else value.load
            if place.count(":") != 1:
                raise InputError(f"{file}: TASK.{part}[{key!r}] is {place!r}: write it as 'module:name'")
    return task


def _known(file: Path, part: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise InputError(
            f"{file}: TASK.{part} is {name!r}, which is no reference or model of the task{nearest(name, names)} "
            f"(known: {', '.join(names)})"
        )
