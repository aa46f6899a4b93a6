"""Spin systems and time grids as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.relaxation import Relaxation


def system_to_json(system: SpinSystem) -> dict[str, Any]:
    """Labels, isotopes, offsets, couplings and, where spins relax, how: what an answer depends on."""
    relaxation = {} if system.relaxation is None else {"relaxation": system.relaxation.as_dict()}
    return relaxation | {
        "labels": list(system.labels),
        "isotopes": list(system.isotopes),
        "observed": system.observed,
        "tagged_spin": system.tagged_spin,
        "offsets_hz": system.offsets_hz.tolist(),
        "couplings_hz": system.couplings_hz.tolist(),
    }


def system_from_json(fields: Mapping[str, Any]) -> SpinSystem:
    """The system of these fields; :class:`~harness.errors.InputError` for what is none."""
    relaxation = Relaxation.from_dict(fields["relaxation"]) if "relaxation" in fields else None
    return SpinSystem(**{**fields, "relaxation": relaxation})


def grid_to_json(grid: TimeGrid) -> dict[str, Any]:
    """Number of points and dwell time."""
    return {"points": grid.points, "dt_s": grid.dt_s}


def grid_from_json(fields: Mapping[str, Any]) -> TimeGrid:
    """The grid of these fields; :class:`~harness.errors.InputError` for what is none."""
    return TimeGrid(fields["points"], fields["dt_s"])
