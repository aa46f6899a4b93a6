"""Split-conformal bands: the exact law of their coverage, another implementation, and their limits."""

import math

import numpy as np
import pytest
from scipy.stats import beta, kstest

from harness.errors import InputError
from harness.spins import TimeGrid
from harness.surrogates.conformal import (
    LEVELS,
    calibrate,
    conformal_quantile,
    load_calibration,
    save_calibration,
)

GRID = TimeGrid(10, 1e-4)


def drawn_errors(count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Errors that grow with time, alike along a trajectory."""
    size = rng.exponential(size=(count, 1))
    return {name: size * np.abs(rng.normal(size=(count, 10))) * np.linspace(0.1, 1, 10) for name in ("m", "i1z")}


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_coverage_follows_the_beta_law(level):
    # Uniform scores: the coverage of the quantile is the quantile itself.
    n, rng = 99, np.random.default_rng(0)
    coverage = [float(conformal_quantile(rng.uniform(size=(n, 1)), level)[0]) for _ in range(2000)]
    k = math.ceil((n + 1) * level)
    # 2000 draws: a wrong rank (k ± 1) is found with certainty, a right one rejected once in a thousand seeds.
    assert kstest(coverage, beta(k, n + 1 - k).cdf).pvalue > 1e-3
    assert kstest(coverage, beta(k - 1, n + 2 - k).cdf).pvalue < 1e-3


def test_the_quantile_is_that_of_mapie():
    regression = pytest.importorskip("mapie.regression", reason="the extra 'oracles' is not installed")
    from sklearn.base import BaseEstimator, RegressorMixin

    class Zero(RegressorMixin, BaseEstimator):
        def fit(self, x, y):
            self.fitted_ = True
            return self

        def predict(self, x):
            return np.zeros(len(x))

    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(500, 1)), rng.normal(size=500)
    levels = [0.5, 0.68, 0.8, 0.9, 0.95]
    theirs = regression.SplitConformalRegressor(Zero().fit(x, y), confidence_level=levels, prefit=True)
    theirs.conformalize(x, y)
    _, intervals = theirs.predict_interval(x[:1])
    ours = [float(conformal_quantile(np.abs(y)[:, None], level)[0]) for level in levels]
    np.testing.assert_allclose(intervals[0, 1], ours, rtol=1e-12)


def test_bands_cover_fresh_trajectories_as_they_promise():
    rng = np.random.default_rng(2)
    calibration = calibrate(drawn_errors(12000, rng), GRID)
    fresh = drawn_errors(12000, rng)
    for band in calibration.bands(GRID):
        for name, radius in (("m", band.m_radius), ("i1z", band.i1z_radius)):
            inside = fresh[name] <= radius
            covered = inside.mean(axis=0) if band.kind == "pointwise" else inside.all(axis=1).mean()
            # Binomial and Beta spread at n ≈ 1e4 is .005 each at most: five standard deviations of both.
            np.testing.assert_allclose(covered, band.level, atol=0.035 if band.kind == "pointwise" else 0.03)
    assert calibration.count == 10800


def test_a_pointwise_band_does_not_cover_whole_trajectories():
    # Why the two kinds are told apart.
    rng = np.random.default_rng(3)
    calibration = calibrate(drawn_errors(2000, rng), GRID)
    pointwise, sup = calibration.bands(GRID, [0.9])
    fresh = drawn_errors(2000, rng)["m"]
    assert (fresh <= pointwise.m_radius).all(axis=1).mean() < 0.85
    assert (fresh <= sup.m_radius).all(axis=1).mean() > 0.87


def test_too_few_scores_give_no_band():
    assert np.isinf(conformal_quantile(np.ones((9, 1)), 0.95)[0])
    with pytest.raises(InputError, match="too few"):
        calibrate({"m": np.ones((20, 10)), "i1z": np.ones((20, 10))}, GRID)
    with pytest.raises(InputError, match="shape"):
        calibrate({"m": np.ones((2000, 9)), "i1z": np.ones((2000, 10))}, GRID)
    broken = np.ones((2000, 10))
    broken[3, 3] = np.nan
    with pytest.raises(InputError, match="finite"):
        calibrate({"m": broken, "i1z": np.ones((2000, 10))}, GRID)


def test_other_grids_take_the_larger_neighbour_and_know_nothing_beyond():
    calibration = calibrate(drawn_errors(3000, np.random.default_rng(4)), GRID)
    (own, _), (half, _), (longer, _) = (
        calibration.bands(grid, [0.9]) for grid in (GRID, TimeGrid(19, 5e-5), TimeGrid(12, 1e-4))
    )
    np.testing.assert_array_equal(half.m_radius[::2], own.m_radius)
    np.testing.assert_array_equal(half.m_radius[1::2], np.maximum(own.m_radius[:-1], own.m_radius[1:]))
    assert np.all(np.isinf(longer.m_radius[10:]))
    with pytest.raises(InputError, match="not calibrated"):
        calibration.bands(GRID, [0.42])


def test_calibrations_survive_the_file(tmp_path):
    calibration = calibrate(drawn_errors(1500, np.random.default_rng(5)), GRID)
    save_calibration(tmp_path / "c.safetensors", "fno", calibration, {"weights_sha256": "x"})
    back, record = load_calibration(tmp_path / "c.safetensors", "fno")
    assert (back.grid, back.levels, back.count) == (GRID, LEVELS, calibration.count)
    assert record["weights_sha256"] == "x"
    for name in ("m", "i1z"):
        np.testing.assert_allclose(back.sup[name], calibration.sup[name], rtol=1e-6)
    with pytest.raises(InputError, match="'mlp' is wanted"):
        load_calibration(tmp_path / "c.safetensors", "mlp")
