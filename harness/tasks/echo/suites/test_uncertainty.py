"""Is a posterior as wide as its errors? Coverage, ranks, TARP; a posterior half as wide must fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.tasks.echo.suites import bands, inference
from harness.tasks.echo.suites.measured import ABSENT_BANDS, ABSENT_LABELS, measured
from harness.tasks.echo.suites.posteriors import inferred
from harness.tasks.echo.suites.sizes import DECIDING, SIZES

SUITE = "uncertainty"
UNDECIDED = f"{{:,}} curves cannot decide a coverage of 88 to 92 %; the nightly tier judges it with {DECIDING:,}"


@pytest.fixture(scope="module")
def power(subject, run_options):
    return inferred(subject, "power", run_options)


def test_bands(subject, run_options, verdict):
    forward = bands.forward_of(subject)
    if forward is None:
        verdict.check(measured("coverage of the 90 % band", "fresh curves", subject, None, absent=ABSENT_BANDS), "band")
        return
    for one in bands.of_run(subject, forward, run_options):
        verdict.check(one, "band")


def test_coverage(subject, power, run_options, verdict):
    """Judged where the curves of the tier can decide it; otherwise the shares are recorded."""
    if power is None:
        verdict.check(measured("coverage at 90 %", "fresh curves", subject, None, absent=ABSENT_LABELS), "coverage")
        return
    for one in inference.coverages(subject, power):
        if SIZES[run_options.tier].decides_coverage:
            verdict.check(one, "coverage")
        else:
            verdict.info(replace(one, note=UNDECIDED.format(one.cases)))


def test_ranks(subject, power, verdict):
    if power is None:
        verdict.check(measured("ranks", "fresh curves", subject, None, absent=ABSENT_LABELS), "ranks")
        return
    for one in inference.rank_distances(subject, power):
        verdict.check(one, "ranks")
    verdict.keep("ranks", **inference.kept_ranks(power))


def test_control(subject, power, run_options, verdict):
    """Bands of 0.8 of their width, a posterior half as wide."""
    forward = bands.forward_of(subject)
    if forward is not None:
        for one in bands.of_run(subject, bands.narrowed(forward), run_options)[:1]:
            verdict.control(one, "band")
    if power is not None:
        narrow = inference.narrowed(power)
        for one in inference.coverages(subject, narrow)[:1]:
            verdict.control(one, "coverage")
        for one in inference.rank_distances(subject, narrow)[:1]:
            verdict.control(one, "ranks")
