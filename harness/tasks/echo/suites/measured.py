"""Measurements of this task, with the provenance of the subject."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.report.records import Measurement

ABSENT_CURVES = "the subject gives no curve of a single draw"
ABSENT_MEANS = "the subject gives no mean over draws"
ABSENT_LABELS = "the subject infers no labels from curves"


def measured(
    metric: str,
    case: str,
    subject: Any,
    value: float | None,
    *,
    reference: str = "mean-field",
    unit: str = "1",
    worst: str = "",
    problem: str = "",
    absent: str = "",
    note: str = "",
    seed: int | None = None,
    cases: int | None = None,
) -> Measurement:
    """One number; ``absent`` is the reason why the outputs of the subject do not determine it."""
    return Measurement(
        metric=metric,
        case=case,
        subject=subject.name,
        reference=reference,
        value=None if absent or problem or value is None else float(np.asarray(value)),
        unit=unit,
        worst=worst,
        problem="" if absent else problem,
        determined=not absent,
        note=absent or note,
        subject_provenance=dict(subject.provenance),
        seeds={} if seed is None else {"draw": seed},
        cases=cases,
    )
