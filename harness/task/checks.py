"""Is a task ready for a run? Its packages must be installed, and its plans must name what exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from typing import Any

from harness.errors import InputError, nearest
from harness.task.drawn import plan_at
from harness.task.parts import TIERS, Metric
from harness.task.task import Task

NAMED = {"metric": "metrics", "population": "populations"}
"""Field of a plan (or its plural) → part of the task that has what the field names."""


def missing_packages(task: Task) -> list[str]:
    """The packages of the task's extra that are not installed."""
    return [name for name in task.packages if find_spec(name) is None]


def check_packages(task: Task) -> None:
    """Refuse a task whose extra is not installed.

    Raises
    ------
    InputError
        With the pip line.
    """
    missing = missing_packages(task)
    if missing:
        from harness.requirements import install_command

        raise InputError(f"task {task.name} needs {', '.join(missing)}, not installed: {install_command(task.extra)}")


def check_plans(task: Task) -> None:
    """Refuse plans of unknown tiers, of suites without targets, and of metrics or populations that the task lacks.

    In a plan (a dataclass, and dataclasses within it) the fields ``metric``, ``metrics``, ``population`` and
    ``populations`` contain keys of the task's, or the objects themselves. A metric has to be one of the task's, because
    the words of reports come from there.

    Raises
    ------
    InputError
        Naming the file, the suite, the tier, the field and what is known.
    """
    file = task.folder / "task.py"
    for suite, tiers in task.plans.items():
        if suite not in task.suites:
            raise InputError(f"{file}: plan of suite {suite!r}: {task.targets.name} has no table [{suite}]: add it")
        for tier, plan in tiers.items():
            where = f"{file}: plan of suite {suite!r}, tier {tier!r}"
            if tier not in TIERS:
                raise InputError(f"{where}: there is no such tier (known: {', '.join(TIERS)})")
            for field, value in _named_in(plan_at(plan)):
                _check(task, NAMED[field], field, value, where)


def _named_in(plan: Any) -> Iterator[tuple[str, Any]]:
    """(field, value) of everything in a plan that names a metric or a population."""
    if not is_dataclass(plan) or isinstance(plan, type):
        return
    for one in fields(plan):
        value = getattr(plan, one.name)
        singular = one.name if one.name in NAMED else one.name.removesuffix("s")
        for item in value if isinstance(value, tuple | list) else (value,):
            if singular in NAMED:
                yield singular, item
            else:
                yield from _named_in(item)


def _check(task: Task, part: str, field: str, value: Any, where: str) -> None:
    known = getattr(task, part)
    if isinstance(value, str) and value and value not in known:
        names = ", ".join(known) or "none"
        raise InputError(f"{where}: {field} {value!r} is unknown{nearest(value, known)} (known: {names})")
    if isinstance(value, Metric) and value not in known.values():
        raise InputError(f"{where}: {field} {value.key!r} is not in TASK.metrics ({', '.join(known)}): add it there")
