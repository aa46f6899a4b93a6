"""The metrics of spins, declared once: the deviation of M and I1z of an answer from the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from harness.suites import errors
from harness.suites.errors import CaseError
from harness.suites.metrics import relative_error, rmse, worst_time
from harness.task import Metric
from harness.tasks.spins.systems import SpinSystem, Trajectory


def _rmse_m(one: Trajectory, truth: Trajectory, system: SpinSystem) -> float:
    """sqrt(mean |ΔM|² / 2): per real component, dimensionless, M(0) = 1."""
    return math.nan if one.mx is None or truth.mx is None else rmse(one.m - truth.m)


def _rmse_i1z(one: Trajectory, truth: Trajectory, system: SpinSystem) -> float:
    """sqrt(mean ΔI1z²), I1z(0) = 1."""
    return math.nan if one.i1z is None or truth.i1z is None else rmse(one.i1z - truth.i1z)


def _relative_m(one: Trajectory, truth: Trajectory, system: SpinSystem) -> float:
    """‖ΔM‖₂ / ‖M_true‖₂ over the grid."""
    return math.nan if one.mx is None or truth.mx is None else relative_error(one.m - truth.m, truth.m)


def _worst_m(one: Trajectory, truth: Trajectory, system: SpinSystem) -> str:
    return worst_time(one.m - truth.m, truth.grid.dt_s)


def _worst_i1z(one: Trajectory, truth: Trajectory, system: SpinSystem) -> str:
    return worst_time(np.asarray(one.i1z) - np.asarray(truth.i1z), truth.grid.dt_s)


RMSE_M = Metric("rmse_m", "RMSE of M", "root mean square error of M per real component; M starts at 1", "1", _rmse_m,
                ("m",), _worst_m)  # fmt: skip
RMSE_I1Z = Metric("rmse_i1z", "RMSE of I1z", "root mean square error of I1z, which starts at 1", "1", _rmse_i1z,
                  ("i1z",), _worst_i1z)  # fmt: skip
RMSE_I1Z_OF_POPULATIONS = replace(RMSE_I1Z, label="RMSE of I_1z")
"""The label has the underscore of the histories that were recorded with it."""
RELATIVE_M = Metric("relative_m", "relative error of M", "norm of the error of M over the norm of M", "1", _relative_m,
                    ("m",), _worst_m)  # fmt: skip
METRICS = {
    "rmse_m": RMSE_M,
    "rmse_i1z": RMSE_I1Z,
    "rmse_i1z of populations": RMSE_I1Z_OF_POPULATIONS,
    "relative_m": RELATIVE_M,
}
"""Every metric of the task."""
OF_POPULATIONS = (RMSE_M, RMSE_I1Z_OF_POPULATIONS)
"""What is recorded of every answer of a population of systems."""


def case_errors(
    systems: Sequence[SpinSystem], predicted: Sequence[Trajectory | None], truths: Sequence[Trajectory]
) -> list[CaseError]:
    """The errors of M and of I1z of every case."""
    return errors.case_errors(OF_POPULATIONS, systems, predicted, truths)
