"""Distances between curves, each declared once: key, label, words, unit, formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.tasks.echo.plan import EchoPlan


@dataclass(frozen=True)
class EchoMetric:
    """A distance of a curve ``m`` (T,) from the true one, on the samples of a plan."""

    key: str
    label: str
    words: str
    unit: str
    of: Callable[[np.ndarray, np.ndarray, EchoPlan], float]


def root_mean_square(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """sqrt(mean |ΔM|²) over the samples."""
    return float(np.sqrt(np.mean(np.abs(m - truth) ** 2)))


def largest(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """max |ΔM| over the samples."""
    return float(np.max(np.abs(m - truth)))


def echo_amplitude(m: np.ndarray, truth: np.ndarray, plan: EchoPlan) -> float:
    """| |M| − |M_true| | at t = 2τ."""
    return float(abs(abs(m[plan.echo_sample]) - abs(truth[plan.echo_sample])))


METRICS = {
    metric.key: metric
    for metric in (
        EchoMetric(
            "rmse_m", "RMSE of M", "root mean square error of the magnetisation over the curve", "1", root_mean_square
        ),
        EchoMetric("largest_m", "largest error of M", "largest error of the magnetisation on the curve", "1", largest),
        EchoMetric("echo_amplitude", "error of the echo", "error of |M| at the top of the echo", "1", echo_amplitude),
    )
}
