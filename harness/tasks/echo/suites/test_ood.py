"""Curves unlike those of the training are called so."""

from __future__ import annotations

import pytest

from harness.tasks.echo.suites import inference
from harness.tasks.echo.suites.measured import ABSENT_LABELS, FRESH, measured
from harness.tasks.echo.suites.posteriors import posterior_of
from harness.tasks.echo.suites.sizes import SIZES

SUITE = "ood"


@pytest.fixture(scope="module")
def posterior(subject):
    return posterior_of(subject, "power")


def test_flagged(subject, posterior, run_options, verdict):
    if posterior is None:
        verdict.check(measured("share called unfamiliar", "home", subject, None, absent=ABSENT_LABELS), "flagged")
        return
    sizes, seed = SIZES[run_options.tier], FRESH + run_options.fresh_seed
    for one, target in inference.flagged(subject, posterior, sizes, seed):
        verdict.check(one, target) if target else verdict.info(one)
