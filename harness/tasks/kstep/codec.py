"""Windows and grids as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.tasks.kstep.window import MacroGrid, Window


def system_to_json(window: Window) -> dict[str, Any]:
    """A window."""
    return window.as_dict()


def system_from_json(values: Mapping[str, Any]) -> Window:
    """The window of :func:`system_to_json`."""
    return Window.from_dict(values)


def grid_to_json(grid: MacroGrid) -> dict[str, Any]:
    """A grid."""
    return grid.as_dict()


def grid_from_json(values: Mapping[str, Any]) -> MacroGrid:
    """The grid of :func:`grid_to_json`."""
    return MacroGrid(int(values["points"]), int(values["k"]), values.get("accuracy"))
