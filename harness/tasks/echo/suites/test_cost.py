"""Seconds for each curve; the front of cost and error beside the simulator is a plan of the common suite."""

from __future__ import annotations

from harness.tasks.echo.suites import forward

SUITE = "cost"


def test_seconds(subject, verdict):
    one = forward.seconds_per_curve(subject)
    if subject.kind == "surrogate":
        verdict.check(one, "seconds_per_curve")
    else:
        verdict.info(one)
