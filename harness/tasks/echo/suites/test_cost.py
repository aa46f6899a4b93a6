"""Seconds for each curve, compared with the simulator at smaller lattices."""

from __future__ import annotations

from harness.tasks.echo.suites import forward

SUITE = "cost"


def test_seconds(subject, verdict):
    one = forward.seconds_per_curve(subject)
    if subject.kind == "surrogate":
        verdict.check(one, "seconds_per_curve")
    else:
        verdict.info(one)


def test_front(subject, verdict):
    """The simulator as a rival: what a smaller lattice costs, and how far one draw lies from the mean."""
    for one in forward.front(subject):
        verdict.info(one)
