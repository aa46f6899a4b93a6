"""One number about the harness's own propagators and models as a measurement."""

from __future__ import annotations

import math
from typing import Any

from harness.report.records import Measurement


def number(
    metric: str, case: str, subject: str, value: float, *, reference: str, unit: str = "1", worst: str = "",
    note: str = "", seed: int | None = None, cases: int | None = None,
) -> Measurement:  # fmt: skip
    """A measurement of ``subject`` against ``reference``; a value that is not finite is a problem."""
    finite = math.isfinite(value)
    provenance: dict[str, Any] = {"kind": "harness", "name": subject}
    return Measurement(
        metric=metric, case=case, subject=subject, reference=reference, value=value if finite else None, unit=unit,
        worst=worst, note=note, problem="" if finite else f"the value is {value}", subject_provenance=provenance,
        seeds={} if seed is None else {"fresh": seed}, cases=cases,
    )  # fmt: skip
