"""Labels from curves: the challenge's score, the gain over the prior, and the length where it can be known."""

from __future__ import annotations

import pytest

from harness.tasks.echo.suites import inference
from harness.tasks.echo.suites.measured import ABSENT_LABELS, measured
from harness.tasks.echo.suites.posteriors import inferred

SUITE = "inverse"


@pytest.fixture(scope="module")
def power(subject, run_options):
    return inferred(subject, "power", run_options)


@pytest.fixture(scope="module")
def gauss(subject, run_options):
    return inferred(subject, "gauss", run_options)


def test_score(subject, power, verdict):
    if power is None:
        verdict.check(measured("Err(500) of α + p + d", "fresh curves", subject, None, absent=ABSENT_LABELS), "score")
        return
    verdict.check(inference.score(subject, power), "score")
    verdict.check(inference.score_of_training(subject, power), "score_32000")
    verdict.check(inference.joint_gain(subject, power), "joint_gain")
    verdict.keep("curves", **inference.kept_curves(power))
    verdict.keep("power", **inference.kept_labels(power))


def test_length(subject, power, gauss, verdict):
    """ξ: the gain must be small if the curves contain no information about it, and large if they contain much."""
    if power is None or gauss is None:
        verdict.check(measured("R² of log ξ", "fresh curves", subject, None, absent=ABSENT_LABELS), "length")
        return
    verdict.check(inference.null_gain(subject, power), "null_gain")
    verdict.check(inference.length_determination(subject, gauss), "length")
    verdict.keep("gauss", **inference.kept_labels(gauss))


def test_control(subject, power, verdict):
    """The middle of the prior, and a posterior with two labels in each other's place, must miss the score."""
    if power is not None:
        verdict.control(inference.middle_score(subject, power), "score")
        verdict.control(inference.score(subject, inference.swapped(power)), "score")
