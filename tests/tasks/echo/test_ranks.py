"""Ranks from few draws are uniform for a calibrated posterior, and are not for one that is too narrow."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.echo.inference.scores import sample_ranks, tarp, uniform_bound, uniform_distance
from harness.tasks.echo.labels import POWER_PRIOR as PRIOR

CURVES, DRAWS = 4000, 16


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


def test_counts_themselves_are_not_uniform() -> None:
    """What the ranks of so few draws would be without a place within their class: far beyond the bound."""
    samples, truth = drawn(1.0)
    shares = np.mean(samples < truth[:, None, :], axis=1)
    assert uniform_distance(shares[:, 0]) > 2 * uniform_bound(CURVES)
