"""Seeded faults of a simulator must miss the target of accuracy on equal offsets; what is no fault must meet it."""

from __future__ import annotations

from harness.tasks.echo.suites import forward

SUITE = "detection"


def test_faults(truth, verdict):
    for one, is_null in forward.seeded_faults(truth):
        verdict.check(one, "rmse_m") if is_null else verdict.control(one, "rmse_m")
