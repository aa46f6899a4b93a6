"""Seeded faults must miss a target, and what is no fault must meet it: simulators on equal offsets, and posteriors."""

from __future__ import annotations

import pytest

from harness.tasks.echo.suites import forward, inference
from harness.tasks.echo.suites.posteriors import inferred

SUITE = "detection"


@pytest.fixture(scope="module")
def power(subject, run_options):
    return inferred(subject, "power", run_options)


def test_faults(truth, verdict):
    for one, is_null in forward.seeded_faults(truth):
        verdict.check(one, "rmse_m") if is_null else verdict.control(one, "rmse_m")


def test_posteriors(subject, power, verdict):
    """A posterior half as wide for every label, and one with two labels in each other's place."""
    if power is None:
        return
    for one in inference.coverages(subject, inference.narrowed(power)):
        verdict.control(one, "coverage")
    verdict.control(inference.score(subject, inference.swapped(power)), "score")
