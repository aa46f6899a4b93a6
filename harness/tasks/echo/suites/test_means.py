"""Mean curves over draws: the median error on stored means, and the error at labels that are drawn for this run."""

from __future__ import annotations

from harness.tasks.echo.suites import means
from harness.tasks.echo.suites.sizes import SIZES

SUITE = "means"


def test_stored(subject, verdict):
    verdict.check(means.stored_median(subject), "median")


def test_fresh(subject, run_options, verdict):
    for one, target in means.fresh(subject, SIZES[run_options.tier].means, run_options.fresh_seed):
        verdict.check(one, target) if target else verdict.info(one)


def test_control(verdict):
    """Spins that do not feel each other must miss."""
    verdict.control(means.stored_median(means.UNCOUPLED), "median")
