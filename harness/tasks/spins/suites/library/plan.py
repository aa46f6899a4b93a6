"""What the suite library asks: systems, fields and windows of every tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.task import Tier
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, TimeGrid

WHOLE_GRID = TimeGrid(10_000, 1e-4)
"""One second, a usual acquisition time."""
WINDOWS = (STANDARD_GRID, LONG_GRID, WHOLE_GRID)
FIELDS_T = (11.74, 1.4)


@dataclass(frozen=True)
class Plan:
    """The step through the systems of the library (``every``-th system), and the time limit in seconds per window and
    field for a subject that is not a surrogate."""

    every: int
    windows: tuple[TimeGrid, ...] = WINDOWS
    fields_t: tuple[float, ...] = FIELDS_T
    budget_s: float = 10.0


PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan(10),
    "nightly": Plan(1, budget_s=120.0),
    "full": Plan(1, budget_s=600.0),
}


def case_of(grid: TimeGrid, field_t: float | None = None) -> str:
    """Window and field as text: "100 ms, 1.4 T", "1 s"."""
    window = f"{grid.horizon_s * 1e3:.0f} ms" if grid.horizon_s < 0.5 else f"{grid.horizon_s:.0f} s"
    return window if field_t is None else f"{window}, {field_t:g} T"
