"""Curves as the answers of the common protocol: real arrays by the names of the observables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.tasks.echo.plan import EchoPlan
from harness.trajectory import Provenance, Trajectory

DRAW = ("mx", "my")
"""The curve of one draw of the offsets."""
MEAN = ("mean_mx", "mean_my")
"""The mean over draws."""


def answer_of(
    plan: EchoPlan, provenance: Provenance, m: np.ndarray | None = None, mean: np.ndarray | None = None
) -> Trajectory:
    """A trajectory from complex curves (T,): of one draw, of the mean over draws, or of both."""
    arrays: dict[str, np.ndarray] = {}
    for names, curve in ((DRAW, m), (MEAN, mean)):
        if curve is not None:
            arrays |= {names[0]: np.real(curve).astype(np.float64), names[1]: np.imag(curve).astype(np.float64)}
    return Trajectory(plan, provenance, arrays)


def curve_of(arrays: Mapping[str, Any], names: tuple[str, str]) -> np.ndarray | None:
    """(T,) the complex curve under :data:`DRAW` or :data:`MEAN`, None where it was not given."""
    if any(arrays.get(name) is None for name in names):
        return None
    return np.asarray(arrays[names[0]]) + 1j * np.asarray(arrays[names[1]])
