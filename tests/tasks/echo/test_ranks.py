"""Ranks from few draws are uniform for a calibrated posterior, and are not for one that is too narrow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import kolmogorov
from scipy.stats import norm

from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.echo.inference.scores import sample_ranks, tarp, uniform_bound, uniform_distance
from harness.tasks.echo.labels import POWER_PRIOR as PRIOR
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.suites.sizes import SIZES

CURVES, DRAWS = 4000, 16
TARGET = float(load_targets(task_of("mean-field").targets)["uncertainty"].target("ranks").value)  # type: ignore[arg-type]
CALIBRATION = RECIPES["calibration-6000"].count


def drawn(narrowing: float) -> tuple[np.ndarray, np.ndarray]:
    """Samples (n, S, V) and truth (n, V) of labels about known middles; samples ``narrowing`` times as wide."""
    rng = np.random.default_rng(3)
    middle = rng.uniform(0.3, 0.7, (CURVES, 1, len(PRIOR.labels)))
    unit = middle + rng.normal(0.0, 0.08, (CURVES, DRAWS + 1, len(PRIOR.labels)))
    samples = middle + narrowing * (unit[:, 1:] - middle)
    return PRIOR.from_unit(samples), PRIOR.from_unit(unit[:, 0])


@pytest.mark.parametrize(("narrowing", "calibrated"), [(1.0, True), (0.7, False)])
def test_few_draws(narrowing: float, calibrated: bool) -> None:
    samples, truth = drawn(narrowing)
    bound = uniform_bound(CURVES)
    ranks = sample_ranks(samples, truth)
    distances = [uniform_distance(ranks[:, k]) for k in range(ranks.shape[1])]
    distances.append(uniform_distance(tarp(samples, truth, PRIOR)))
    if calibrated:
        assert max(distances) < 1.3 * bound
    else:
        assert min(distances) > 1.3 * bound


def test_a_run_misses_the_target_by_chance_in_fewer_than_one_of_a_thousand() -> None:
    """The law of Kolmogorov, for the four labels and TARP together; and by a simulation of so many uniform ranks."""
    numbers, n = 5, 1500
    assert numbers * kolmogorov(TARGET * uniform_bound(n) * np.sqrt(n)) < 1e-3
    # The target that 5 % exceed would be missed by one run in five: the law is not an empty bound.
    assert 1 - (1 - kolmogorov(uniform_bound(n) * np.sqrt(n))) ** numbers > 0.2
    rng = np.random.default_rng(4)
    distances = np.array([uniform_distance(rng.random(n)) for _ in range(4000)]) / uniform_bound(n)
    assert np.mean(distances > 1.0) == pytest.approx(0.05, abs=0.012)
    assert np.mean(distances > TARGET) < 2e-3


@pytest.mark.parametrize(("tier", "narrowing"), [("smoke", 0.65), ("nightly", 0.8)])
def test_what_a_tier_detects(tier: str, narrowing: float) -> None:
    """Posteriors that are narrower than their errors by so much miss the target with the curves of the tier."""
    curves = SIZES[tier].curves
    z = np.linspace(-5, 5, 2001)
    distance = np.max(np.abs(norm.cdf(z / narrowing) - norm.cdf(z)))
    # Half of the 5 % bound is what sampling may take off.
    bound = uniform_bound(curves, CALIBRATION)
    assert distance - 0.5 * bound > TARGET * bound


def test_counts_themselves_are_not_uniform() -> None:
    """What the ranks of so few draws would be without a place within their class: far beyond the bound."""
    samples, truth = drawn(1.0)
    shares = np.mean(samples < truth[:, None, :], axis=1)
    assert uniform_distance(shares[:, 0]) > 2 * uniform_bound(CURVES)
