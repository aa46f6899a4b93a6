"""The answers of Spinach about systems that relax, and how far two answers are apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.plan import Planned, relaxing
from harness.tasks.spins.spinach.relaxation_cases import ROLE, ROLE_MOLECULE
from harness.tasks.spins.systems import Trajectory


def planned_cases(role: str) -> list[Planned]:
    """The planned Spinach computations of one role."""
    return [item for item in relaxing() if item.role == role]


def found(items: Sequence[Planned]) -> list[Entry]:
    """The answers that are cached."""
    cache = SpinachCache.open()
    entries = (cache.find(item.request) for item in items)
    return [entry for entry in entries if entry is not None]


def small(largest: int) -> list[Planned]:
    """The made systems up to ``largest`` spins."""
    return [item for item in planned_cases(ROLE) if len(item.request.system) <= largest]


def molecules(names: Sequence[str]) -> list[Entry]:
    """Amino acids with each model in complete bases."""
    items = [item for item in planned_cases(ROLE_MOLECULE) if item.case.split()[0] in names]
    return [entry for entry in found(items) if not entry.truncated]


def furthest(one: Trajectory, other: Trajectory, names: Sequence[str]) -> float:
    """Largest difference of any of these observables that both have, at any time."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return max(float(np.abs(a - b).max()) for a, b in pairs if a is not None and b is not None)


def relative(one: np.ndarray, other: np.ndarray) -> float:
    """Relative L2 difference."""
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))
