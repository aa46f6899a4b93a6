"""Create the subject from the value of the option ``--subject``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from harness.errors import InputError, nearest
from harness.subjects.capabilities import Recorded
from harness.subjects.named import NamedSubject, Subject
from harness.task import Task, default_task, loaded, task_named, tasks

DEFAULT_LIMIT_S = 120.0


def load_subject(spec: str, limit_s: float = DEFAULT_LIMIT_S, task: Task | None = None) -> Subject:
    """The subject behind a name, ``package.module:object``, or the path of an executable.

    Parameters
    ----------
    spec
        A surrogate, method or peer of the task by name; ``NAME@WEIGHTS``, a surrogate with the weights of a file or of
        a training run's folder; a Python object ``package.module:object`` with ``predict(systems, grid)`` or
        ``simulate(system, grid)``, a class of such, or a function ``(system, grid)``; or an executable that is called
        as ``PROGRAM request.json result.json`` (a path with a slash in it). See docs/your-own-surrogate.md.
    limit_s
        Seconds that a foreign subject may take per system before it is stopped.
    task
        The task that defines these names; by default the default task.

    Raises
    ------
    InputError
        If there is no such name, module, object or program, the object has no method to call, or the name is that of
        a subject of another task.
    """
    if not (limit_s > 0):
        raise InputError(f"time limit {limit_s!r}: must be a positive number of seconds")
    task = task or default_task()
    if spec in task.models:
        model = loaded(task.models[spec].load)(None)
        return NamedSubject(spec, "surrogate", model, _record(model), task.name)
    if spec in task.references:
        return NamedSubject(spec, "reference", loaded(task.references[spec])(), {}, task.name)
    if spec in task.peers:
        return loaded(task.peers[spec])(spec, limit_s)
    surrogate, at, weights = spec.partition("@")
    if at and surrogate in task.models:
        model = loaded(task.models[surrogate].load)(Path(weights))
        return NamedSubject(surrogate, "surrogate", model, {**_record(model), "weights": weights}, task.name)
    _refuse_foreign(spec, task)
    if os.sep in spec and ":" not in Path(spec).name:
        from harness.subjects.executable import ExecutableSubject

        return ExecutableSubject.at(Path(spec), limit_s, task)
    module, _, name = spec.partition(":")
    if module and name:
        from harness.subjects.foreign import ForeignSubject, Made

        return ForeignSubject.start(Made(spec, task=task.name), limit_s)
    names = names_of(task)
    raise InputError(
        f"subject {spec!r} is unknown{nearest(spec, names)} (known: {', '.join(names)}; or package.module:object; or "
        "the path of a program, ./program)"
    )


def _record(model: Any) -> dict[str, Any]:
    """The data about its training that a model provides."""
    return dict(model.record) if isinstance(model, Recorded) else {}


def names_of(task: Task) -> tuple[str, ...]:
    """Every subject that a task has by name: surrogates, methods, peers."""
    return (*task.models, *task.references, *task.peers)


def _refuse_foreign(spec: str, task: Task) -> None:
    """Refuse the name of another task's subject, also with weights."""
    name = spec.partition("@")[0]
    for other in map(task_named, tasks()):
        if other.name != task.name and name in names_of(other):
            raise InputError(
                f"subject {spec!r} is one of the task {other.name}, and this is the task {task.name}: validate it "
                f"against {other.production}, or name a subject of {task.name} ({', '.join(names_of(task))})"
            )
