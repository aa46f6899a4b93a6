"""Spin systems and time grids as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.tasks.spins.systems import SpinSystem, TimeGrid


def system_to_json(system: SpinSystem) -> dict[str, Any]:
    """Labels, isotopes, offsets and couplings: what an answer depends on."""
    return {
        "labels": list(system.labels),
        "isotopes": list(system.isotopes),
        "observed": system.observed,
        "tagged_spin": system.tagged_spin,
        "offsets_hz": system.offsets_hz.tolist(),
        "couplings_hz": system.couplings_hz.tolist(),
    }


def system_from_json(fields: Mapping[str, Any]) -> SpinSystem:
    """The system of these fields; :class:`~harness.errors.InputError` for what is none."""
    return SpinSystem(**fields)


def grid_to_json(grid: TimeGrid) -> dict[str, Any]:
    """Number of points and dwell time."""
    return {"points": grid.points, "dt_s": grid.dt_s}


def grid_from_json(fields: Mapping[str, Any]) -> TimeGrid:
    """The grid of these fields; :class:`~harness.errors.InputError` for what is none."""
    return TimeGrid(fields["points"], fields["dt_s"])
