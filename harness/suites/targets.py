"""Targets: read from ``targets.toml``, checked, and looked up by suite and name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.report.records import COMPARISONS, KINDS, Target
from harness.task import default_task
from harness.toml_checks import read_toml

KEYS = {"value", "unit", "comparison", "source", "reason"}
OPTIONAL = {"kind"}
"""``kind = "goal"`` makes a target a goal, and its reason says why it is one; without it a target is a gate."""


@dataclass(frozen=True)
class Suite:
    """A suite of the targets file: version (raised whenever a number changes its meaning) and targets."""

    name: str
    version: int
    targets: Mapping[str, Target]

    def target(self, name: str) -> Target:
        """The target of this name; :class:`InputError` names the known ones."""
        if name not in self.targets:
            raise InputError(f"suite {self.name!r} has no target {name!r} (known: {', '.join(self.targets)})")
        return self.targets[name]


def load_targets(path: Path | None = None) -> dict[str, Suite]:
    """Every suite in a ``targets.toml``, by default that of the default task.

    Raises
    ------
    InputError
        For a target without value, unit, comparison, source or reason, or with an unknown key.
    """
    path = path or default_task().targets
    content = read_toml(path)
    return {name: _suite(name, table, path.name) for name, table in content.items()}


def _suite(name: str, table: Any, where: str) -> Suite:
    if not isinstance(table, dict) or not isinstance(table.get("version"), int) or table["version"] < 1:
        raise InputError(f"[{name}] in {where}: needs version = 1 or higher")
    targets = {key: _target(f"{name}.{key}", key, value, where) for key, value in table.items() if key != "version"}
    return Suite(name, table["version"], targets)


def _target(place: str, name: str, table: Any, where: str) -> Target:
    if not isinstance(table, dict) or set(table) - OPTIONAL != KEYS:
        odd = sorted((set(table) - OPTIONAL) ^ KEYS) if isinstance(table, dict) else ["not a table"]
        raise InputError(f"[{place}] in {where}: needs exactly {', '.join(sorted(KEYS))} (missing or odd: {odd})")
    value, comparison = table["value"], table["comparison"]
    if comparison not in COMPARISONS:
        raise InputError(f"[{place}] in {where}: comparison {comparison!r} (known: {', '.join(COMPARISONS)})")
    pair = isinstance(value, list)
    numbers = value if pair else [value]
    fits = pair == (comparison == "between") and (not pair or len(value) == 2)
    if not fits or not all(type(v) in (int, float) for v in numbers):
        raise InputError(f"[{place}] in {where}: value must be a number, or [low, high] with 'between'")
    if table["source"] not in ("asked", "ours") or not str(table["reason"]).strip():
        raise InputError(f"[{place}] in {where}: needs source = 'asked' or 'ours', and a reason")
    if table.get("kind", "gate") not in KINDS:
        raise InputError(f"[{place}] in {where}: kind {table['kind']!r} (known: {', '.join(KINDS)})")
    bounds = (float(value[0]), float(value[1])) if pair else float(value)
    kind = table.get("kind", "gate")
    return Target(name, bounds, comparison, table["unit"], table["source"], table["reason"], kind)
