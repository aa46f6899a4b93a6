"""Surrogates: fast models that replace a reference; ``load_surrogate`` loads a trained one of any task by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import InputError, nearest
from harness.surrogates.base import Band, DomainCheck, Prediction, Surrogate
from harness.task import Task, default_task, loaded, task_named, tasks

__all__ = ["SURROGATES", "Band", "DomainCheck", "Prediction", "Surrogate", "load_surrogate"]

SURROGATES: tuple[str, ...]
"""Names of the models of the default task."""


def __getattr__(name: str) -> Any:
    if name == "SURROGATES":
        return tuple(default_task().models)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_surrogate(name: str, weights: str | Path | None = None, task: Task | None = None) -> Any:
    """A trained surrogate by name.

    Parameters
    ----------
    name
        A model of the task.
    weights
        Folder of a training run or a ``.safetensors`` file; by default the weights that come with the package.
    task
        The task of the model; by default the default task, or the only other task that has a model of this name.

    Raises
    ------
    InputError
        For an unknown name, or weights that are missing, truncated, of another model or of another schema.
    """
    known = [task or default_task()]
    if task is None and name not in known[0].models:
        known += [other for other in map(task_named, tasks()) if other.name != known[0].name]
    found = [one for one in known if name in one.models]
    if len(found) != 1:
        names = [model for one in known for model in one.models]
        several = f": several tasks have it ({', '.join(one.name for one in found)})" if found else ""
        raise InputError(f"surrogate {name!r} is unknown{several or nearest(name, names)} (known: {', '.join(names)})")
    return loaded(found[0].models[name].load)(weights)
