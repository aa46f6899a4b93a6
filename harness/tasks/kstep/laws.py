"""What every correct integrator conserves, for any forces: measured for a window on its grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from harness.suites.conservation.laws import OfModel
from harness.task import Law, Predict
from harness.tasks.kstep.measure.structure import symplectic_defect
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.state import State, angular_momentum, momentum
from harness.tasks.kstep.window import MacroGrid, Window

REVERSED = 25
"""Macro steps forward and back: rounding errors grow by chaos; after 25 steps they are still below 1e-11 nm."""


def momentum_change(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest change of a component of Σ m v, in Da·nm/ps."""
    states = _states(predict, window, grid)
    return _largest([momentum(state, window.molecule.masses_da) for state in states])


def angular_momentum_change(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest change of a component of Σ m r × v about the centre of mass, in Da·nm²/ps."""
    states = _states(predict, window, grid)
    return _largest([angular_momentum(state, window.molecule.masses_da) for state in states])


def reversal(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest deviation from the start in nm, there and back with all velocities turned round."""
    short = replace(grid, points=REVERSED + 1)
    there = _states(predict, window, short)
    if not there or not np.isfinite(there[-1].positions_nm).all():
        return float("inf")
    end = there[-1]
    turned = Window(f"{window.name} reversed", window.molecule, end.positions_nm, -end.velocities_nm_ps)
    back = _states(predict, turned, short)
    apart = float(np.abs(back[-1].positions_nm - window.positions_nm).max()) if back else float("inf")
    return apart if np.isfinite(apart) else float("inf")


def symplectic(model: Any, window: Window, grid: MacroGrid) -> np.ndarray | None:
    """The largest element of |JᵀΩJ - Ω| of one macro step; None for a model whose integrator cannot be had."""
    if not isinstance(model, IntegratorModel):
        return None
    strict = replace(model.method, accuracy=grid.accuracy, warm=False)
    return np.array([symplectic_defect(strict.integrator(window.molecule, grid.k), window.start)])


def _states(predict: Predict, window: Window, grid: MacroGrid) -> list[State]:
    """The states of a path; none where there is no answer."""
    answer = predict([window], grid)[0]
    if answer is None:
        return []
    positions, velocities = answer.arrays["positions"], answer.arrays["velocities"]
    return [State(positions[..., t], velocities[..., t]) for t in range(positions.shape[-1])]


def _largest(values: list[np.ndarray]) -> float:
    if not values:
        return float("inf")
    change = float(np.abs(np.array(values) - values[0]).max())
    return change if np.isfinite(change) else float("inf")


LAWS = (
    Law("momentum", "momentum", momentum_change, ("velocities",), "Da nm/ps"),
    Law("angular momentum", "angular_momentum", angular_momentum_change, ("positions", "velocities"), "Da nm2/ps"),
    Law("reversal", "reversal", reversal, ("positions", "velocities"), "nm"),
)
SYMPLECTIC = OfModel("a symplectic map", "symplectic", symplectic, lacking="the integrator of {subject} cannot be had")
"""Besides what answers show: the Jacobian of one macro step."""
