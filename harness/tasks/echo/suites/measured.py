"""Measurements of this task, against its reference unless stated otherwise."""

from __future__ import annotations

from functools import partial

from harness.suites import asking

ABSENT_LABELS = "the subject infers no labels from curves"
ABSENT_BANDS = "the subject has no bands for single draws"
FRESH = 1_000_000_000
"""Seeds of curves that are drawn for one run start here: no named set and no population of a plan uses them."""
measured = partial(asking.measured, reference="mean-field")
"""(metric, case, subject, value, …) → one number with the provenance of the subject."""
