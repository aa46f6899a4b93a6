"""Measurements of this task, against its reference unless stated otherwise."""

from __future__ import annotations

from functools import partial

from harness.suites import asking

ABSENT_LABELS = "the subject infers no labels from curves"
measured = partial(asking.measured, reference="mean-field")
"""(metric, case, subject, value, …) → one number with the provenance of the subject."""
