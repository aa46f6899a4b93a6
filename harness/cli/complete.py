"""Shell completion for the verbs of every task: references, models, subjects.

Completion must be fast and must never fail while a user types: no large package is imported.
"""

from __future__ import annotations

import click

from harness.task import Task, task_named, tasks


def _every() -> list[Task]:
    return [task_named(name) for name in tasks()]


def _starting(words: list[str], incomplete: str) -> list[str]:
    return [word for word in dict.fromkeys(words) if word.startswith(incomplete)]


def complete_method(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the references of every task."""
    return _starting([name for task in _every() for name in task.references], incomplete)


def complete_model(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the models that can be trained."""
    return _starting([name for task in _every() for name, model in task.models.items() if model.train], incomplete)


def complete_subject(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of surrogates, methods and peers; a path or package.module:object is not completed."""
    names = [name for task in _every() for name in (*task.models, *task.references, *task.peers)]
    return _starting(names, incomplete)
