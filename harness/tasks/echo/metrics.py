"""Distances between an answer and the truth, each declared once: key, label, words, unit, formula.

A simulator answers with the curve of one draw of the offsets, a surrogate with the mean over draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from harness.suites.metrics import rmse
from harness.task import Metric, Signals
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.signals import DRAW, MEAN, curve_of


def root_mean_square(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """sqrt(mean |ΔM|²/2) over the samples: per real component."""
    return rmse(m - truth)


def largest(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """max |ΔM| over the samples."""
    return float(np.max(np.abs(m - truth)))


def echo_amplitude(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """| |M| − |M_true| | at t = 2τ."""
    return float(abs(abs(m[plan.echo_sample]) - abs(truth[plan.echo_sample])))


def _of(names: tuple[str, str], distance: Callable[[np.ndarray, np.ndarray, EchoPlan], float]) -> Callable[..., float]:
    def measured(answer: Signals, truth: Signals, system: Any) -> float:
        found, expected = curve_of(answer.arrays, names), curve_of(truth.arrays, names)
        return float("nan") if found is None or expected is None else distance(found, expected, truth.grid)

    return measured


_DECLARED = (
    ("rmse_m", "RMSE of M", "root mean square error of the curve of one draw", DRAW, root_mean_square),
    ("largest_m", "largest error of M", "largest error on the curve of one draw", DRAW, largest),
    ("echo_m", "error of the echo", "error of |M| at the top of the echo, one draw", DRAW, echo_amplitude),
    ("rmse_mean", "RMSE of mean M", "root mean square error of the mean over draws", MEAN, root_mean_square),
    (
        "rmse_draw",
        "RMSE of mean M to one draw",
        "root mean square distance of the mean over draws from one draw, whose spread of 0.009 is part of it",
        MEAN,
        root_mean_square,
    ),
    ("echo_mean", "error of the mean echo", "error of |M| at the echo, mean over draws", MEAN, echo_amplitude),
)
METRICS = {
    key: Metric(key, label, words, "1", _of(names, distance), names) for key, label, words, names, distance in _DECLARED
}
"""By key."""
