"""Distances between a path and the reference path, each declared once: key, label, words, unit, formula.

Trajectories are chaotic: positions are compared over 1, 10 and 100 macro steps, and beyond that only what is averaged.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from harness.task import Metric
from harness.tasks.kstep.measure.accuracy import HORIZONS
from harness.tasks.kstep.molecule import bond_lengths_nm
from harness.tasks.kstep.window import Signals, Window


def position_error_nm(answer: Signals, truth: Signals, window: Window, steps: int | None = None) -> float:
    """Root mean square over atoms of |x - x_reference| after ``steps`` macro steps (None: after the last), in nm;
    infinite after a fault."""
    steps = answer.grid.points - 1 if steps is None else steps
    if steps >= answer.grid.points:
        return float("nan")
    apart = (answer.arrays["positions"] - truth.arrays["positions"])[..., steps]
    error = float(np.sqrt((apart**2).sum(axis=1).mean()))
    return error if np.isfinite(error) else float("inf")


def bond_error_nm(answer: Signals, truth: Signals, window: Window) -> float:
    """Largest difference of the mean length of a bond, in nm."""

    def means(signals: Signals) -> np.ndarray:
        return bond_lengths_nm(np.moveaxis(signals.arrays["positions"], -1, 0), window.molecule.bonds).mean(axis=0)

    error = float(np.abs(means(answer) - means(truth)).max())
    return error if np.isfinite(error) else float("inf")


def drift_kj_mol_ps(answer: Signals, truth: Any, window: Window) -> float:
    """|slope| of the total energy in kJ/mol/ps; NaN where no quantum energy is known; infinite after a fault."""
    energy = answer.arrays["energy"][1:]
    if answer.fault:
        return float("inf")
    if not np.isfinite(energy).all() or len(energy) < 2:
        return float("nan")
    return abs(float(np.polyfit(answer.grid.times[1:], energy, 1)[0]))


METRICS = {
    metric.key: metric
    for metric in (
        *(
            Metric(
                f"position_{steps}", f"position error after {steps} steps",
                f"how far atoms are from where the reference has them after {steps} macro steps, rms", "nm",
                partial(position_error_nm, steps=steps), ("positions",),
            )
            for steps in HORIZONS
        ),
        Metric("position_end", "position error after the window",
               "how far atoms are from where the reference has them at the end of the window, rms", "nm",
               position_error_nm, ("positions",)),
        Metric("bonds", "error of mean bonds", "largest difference of the mean length of a bond", "nm", bond_error_nm,
               ("positions",)),
        Metric("drift", "energy drift", "slope of the total energy, without any rescaling", "kJ/mol/ps",
               drift_kj_mol_ps, ("energy",)),
    )
}  # fmt: skip
"""Key -> metric."""
