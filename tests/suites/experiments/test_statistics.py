"""Rank measures, sparsification and the law of conformal coverage, against counting and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from harness.suites.statistics import (
    auroc,
    beta_law_distance,
    coverage_law,
    rank_correlation,
    sparsification,
)


def test_auroc_counts_pairs():
    rng = np.random.default_rng(1)
    high, low = rng.integers(0, 6, 40) + 1.0, rng.integers(0, 6, 30) + 0.0
    pairs = [(h > x) + 0.5 * (h == x) for h in high for x in low]
    assert auroc(high, low) == pytest.approx(np.mean(pairs), abs=1e-14)


def test_auroc_of_infinite_and_missing_scores():
    assert auroc([math.inf, math.inf], [0.0, 1.0]) == 1.0
    assert auroc([1.0, 1.0], [1.0, 1.0, 1.0]) == 0.5
    assert auroc([math.nan], [1.0]) == 0.0
    assert math.isnan(auroc([], [1.0]))


def test_rank_correlation_of_a_constant_is_not_a_number():
    assert math.isnan(rank_correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]))
    assert rank_correlation([1.0, 2.0, 3.0], [1.0, 8.0, 27.0]) == pytest.approx(1.0)


def test_sparsification_of_the_error_itself_is_perfect_and_of_noise_is_random():
    rng = np.random.default_rng(2)
    error = rng.exponential(size=2000)
    perfect, useless = sparsification(error, error), sparsification(error, rng.random(2000))
    assert perfect.ause == pytest.approx(0.0, abs=1e-14)
    assert useless.ause == pytest.approx(useless.ause_random, rel=0.1)
    assert np.all(np.diff(perfect.by_error) <= 1e-12)


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_coverage_law_holds_the_share_that_it_states(level: float):
    """Split conformal on normal scores, 4000 times: the measured coverage leaves the interval in about 1 % of them."""
    n, m, repeats = 60, 80, 4000
    rng = np.random.default_rng(3)
    k = math.ceil((n + 1) * level)
    quantiles = np.sort(rng.normal(size=(repeats, n)), axis=1)[:, k - 1]
    covered = rng.binomial(m, norm.cdf(quantiles)) / m
    law = coverage_law(level, n, m)
    inside = np.mean((covered >= law.low) & (covered <= law.high))
    # At least 99 % by construction; the law is discrete, so up to half a per cent more.
    assert 0.985 <= inside <= 1.0
    assert law.mean == pytest.approx(np.mean(covered), abs=4 * np.std(covered) / math.sqrt(repeats))


def test_true_coverages_follow_the_beta_law_and_those_of_an_overlapping_set_do_not():
    rng = np.random.default_rng(4)
    n, level = 50, 0.9
    k = math.ceil((n + 1) * level)
    scores = np.sort(rng.normal(size=(500, n)), axis=1)
    assert beta_law_distance(norm.cdf(scores[:, k - 1]), level, n) > 0.01
    too_few = norm.cdf(scores[:, k - 6])
    assert beta_law_distance(too_few, level, n) < 1e-6


def test_too_few_calibration_cases_promise_everything():
    assert coverage_law(0.95, 10, 100).low == 1.0
