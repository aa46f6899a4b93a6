"""Curves on equal offsets, and means over draws, against the reference."""

from __future__ import annotations

import pytest

from harness.tasks.echo.suites import forward
from harness.tasks.echo.suites.sizes import SIZES

SUITE = "accuracy"


@pytest.fixture(scope="module")
def means(truth, run_options):
    return forward.Means(truth, SIZES[run_options.tier].systems)


def test_single_draws(subject, truth, verdict):
    """A simulator: equal offsets, equal curves."""
    for one in forward.single_draws(subject, truth):
        verdict.check(one, "rmse_m")


def test_mean_curves(subject, means, verdict):
    """A surrogate of the mean over draws."""
    for one in forward.mean_curves(subject, means):
        verdict.check(one, "echo_mean" if "echo" in one.metric else "rmse_mean")


def test_control(subject, means, verdict):
    """Spins that do not feel each other must miss the target."""
    verdict.control(forward.uncoupled_means(subject, means), "rmse_mean")
