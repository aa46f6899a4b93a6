"""One number of a method as a measurement."""

from __future__ import annotations

import math
from typing import Any

from harness.report.records import Measurement


def measured(
    metric: str,
    case: str,
    subject: str,
    value: float | None,
    unit: str,
    *,
    worst: str = "",
    note: str = "",
    absent: str = "",
    cases: int | None = None,
    seed: int | None = None,
    provenance: Any = None,
) -> Measurement:
    """A measurement against xtb; ``absent`` states why the method does not determine it; NaN or inf is a problem."""
    lost = value is not None and not math.isfinite(value) and not absent
    return Measurement(
        metric=metric, case=case, subject=subject, reference="xtb",
        value=None if lost or absent else value, unit=unit, worst=worst,
        problem="a run ended early, so that there is no number" if lost else "", determined=not absent,
        note=absent or note, subject_provenance=dict(provenance or {}), cases=cases,
        seeds={} if seed is None else {"draw": seed},
    )  # fmt: skip


def recorded(
    metric: str, case: str, subject: str, value: float, unit: str, *, absent: str = "", **about: Any
) -> Measurement:
    """A number that is not judged: one that is not finite is left out with its reason, and is no fault of the run."""
    lost = "" if math.isfinite(value) else "a run ended early, so that there is no number"
    return measured(metric, case, subject, value, unit, absent=absent or lost, **about)
