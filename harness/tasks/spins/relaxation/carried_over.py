"""A correction of M that was found without relaxation, carried over to a system that relaxes.

A truncated basis gives M_b with relaxation and M_b⁰ without; another method, which knows no relaxation, gives a better
M⁰. The correction decays as the signal does,

    M ≈ M_b + exp(-r t) (M⁰ - M_b⁰),        r = argmin ‖M_b - exp(-r t) M_b⁰‖₂.

Exact where R multiplies every state with one rate (the model "damp") and M⁰ is exact. Else products of more spins, of
which the correction is made, decay faster than r: the error is of the order of the correction times (difference of the
rates)·t.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.trajectory import TimeGrid

PRECISION_PER_S = 1e-6
FASTEST = 20.0
"""Largest r that is looked for, in units of 1/(duration of the grid)."""


def carried_over(relaxing: np.ndarray, free: np.ndarray, better: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """(T,) M with the correction: ``relaxing`` M_b, ``free`` M_b⁰, ``better`` M⁰, each (T,) complex."""
    return relaxing + np.exp(-common_rate(relaxing, free, grid) * grid.times_s) * (better - free)


def common_rate(relaxing: np.ndarray, free: np.ndarray, grid: TimeGrid) -> float:
    """The rate r in 1/s by which ``free`` comes nearest to ``relaxing``."""
    from scipy.optimize import minimize_scalar

    def distance(rate: float) -> float:
        return float(np.linalg.norm(relaxing - np.exp(-rate * grid.times_s) * free))

    bounds = (0.0, FASTEST / grid.horizon_s)
    found: Any = minimize_scalar(distance, bounds=bounds, method="bounded", options={"xatol": PRECISION_PER_S})
    return float(found.x)
