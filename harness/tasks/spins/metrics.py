"""The distances between an answer and the truth, each declared once."""

from __future__ import annotations

import math

from harness.suites.metrics import rmse
from harness.task import Metric
from harness.tasks.spins.systems import SpinSystem, Trajectory


def rmse_of_m(answer: Trajectory, truth: Trajectory, system: SpinSystem) -> float:
    """Root mean square of M per real component; NaN where either has no M."""
    if answer.mx is None or truth.mx is None:
        return math.nan
    return rmse(answer.m - truth.m)


def rmse_of_i1z(answer: Trajectory, truth: Trajectory, system: SpinSystem) -> float:
    """Root mean square of I_1z; NaN where either has no I_1z."""
    if answer.i1z is None or truth.i1z is None:
        return math.nan
    return rmse(answer.i1z - truth.i1z)


METRICS = {
    "rmse_m": Metric("rmse_m", "RMSE of M", "", "1", rmse_of_m, ("m",)),
    "rmse_i1z": Metric("rmse_i1z", "RMSE of I1z", "", "1", rmse_of_i1z, ("i1z",)),
}
