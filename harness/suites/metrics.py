"""How far two signals are apart: plain functions of arrays, shared by the suites. None of them judges."""

from __future__ import annotations

import numpy as np


def rmse(delta: np.ndarray) -> float:
    """Root mean square per real component: sqrt(mean |Δ|² / 2) of a complex Δ (T,), sqrt(mean Δ²) of a real one."""
    power = float(np.mean(np.abs(delta) ** 2))
    return float(np.sqrt(power / 2 if np.iscomplexobj(delta) else power))


def relative_error(delta: np.ndarray, truth: np.ndarray) -> float:
    """‖Δ‖₂ / ‖truth‖₂ over the grid."""
    return float(np.linalg.norm(delta) / np.linalg.norm(truth))


def worst_time(delta: np.ndarray, dt_s: float) -> str:
    """When |Δ| (T,) is largest, in words."""
    where = int(np.argmax(np.abs(delta)))
    return f"t = {1e3 * where * dt_s:.4g} ms (|Δ| = {abs(delta[where]):.2g})"
