"""What every correct integrator conserves, for any forces: measured for a window on its grid."""

from __future__ import annotations

import numpy as np

from harness.task import Law, Predict
from harness.tasks.kstep.state import State, angular_momentum, momentum
from harness.tasks.kstep.window import MacroGrid, Signals, Window

REVERSED = 25
"""Macro steps forward and back: rounding errors grow by chaos; after 25 steps they are still below 1e-11 nm."""


def momentum_change(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest change of a component of Σ m v, in Da·nm/ps."""
    signals = predict([window], grid)[0]
    return _largest([momentum(state, window.molecule.masses_da) for state in _states(signals)])


def angular_momentum_change(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest change of a component of Σ m r × v about the centre of mass, in Da·nm²/ps."""
    signals = predict([window], grid)[0]
    return _largest([angular_momentum(state, window.molecule.masses_da) for state in _states(signals)])


def reversal(predict: Predict, window: Window, grid: MacroGrid) -> float:
    """Largest deviation from the start in nm, there and back with all velocities turned round."""
    short = MacroGrid(REVERSED + 1, grid.k)
    there = _states(predict([window], short)[0])[-1]
    if not np.isfinite(there.positions_nm).all():
        return float("inf")
    turned = Window(f"{window.name} reversed", window.molecule, there.positions_nm, -there.velocities_nm_ps)
    back = _states(predict([turned], short)[0])[-1]
    apart = float(np.abs(back.positions_nm - window.positions_nm).max())
    return apart if np.isfinite(apart) else float("inf")


def _states(signals: Signals) -> list[State]:
    positions, velocities = signals.arrays["positions"], signals.arrays["velocities"]
    return [State(positions[..., t], velocities[..., t]) for t in range(positions.shape[-1])]


def _largest(values: list[np.ndarray]) -> float:
    change = float(np.abs(np.array(values) - values[0]).max())
    return change if np.isfinite(change) else float("inf")


LAWS = (
    Law("momentum", "momentum", momentum_change, ("velocities",)),
    Law("angular momentum", "angular_momentum", angular_momentum_change, ("positions", "velocities")),
    Law("reversal", "reversal", reversal, ("positions", "velocities")),
)
