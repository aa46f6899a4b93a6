"""Every model family of the trainer, by name: the models of a task that can be trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.errors import InputError
from harness.surrogates.training.protocol import Trainable
from harness.task import Task, default_task, loaded


def families(task: Task | None = None) -> tuple[str, ...]:
    """Names of the families of a task, by default of the default task."""
    return tuple(name for name, model in (task or default_task()).models.items() if model.train)


def build(name: str, settings: Mapping[str, Any], seed: int, task: Task | None = None) -> Trainable:
    """An untrained model of a family; its initial parameters depend on ``settings`` and ``seed`` alone.

    Raises
    ------
    InputError
        For an unknown family or settings it does not take.
    """
    task = task or default_task()
    if name not in families(task):
        raise InputError(f"model {name!r} is unknown (known: {', '.join(families(task))})")
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return loaded(task.models[name].train)(settings)
