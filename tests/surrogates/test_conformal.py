"""Split-conformal bands: the exact law of their coverage, another implementation, and their limits."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import beta, kstest, norm

from harness.errors import InputError
from harness.surrogates.conformal import (
    FEWEST,
    FLOOR,
    LEVELS,
    KindCalibration,
    Traits,
    calibrate,
    conformal_quantile,
    kinds_to_calibrate,
    on_grid,
    shape_rows,
)
from harness.surrogates.conformal_file import load_calibration, save_calibration
from harness.surrogates.recalibration import fit_spread, least_gap_factor, predictors
from harness.surrogates.weights import save_weights
from harness.tasks.spins.systems import Provenance, TimeGrid

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
    calibration = by_kind(3000, np.random.default_rng(5), with_spreads=True)
    save_calibration(tmp_path / "c.safetensors", "fno", calibration, {"weights_sha256": "x"})
    back, record = load_calibration(tmp_path / "c.safetensors", "fno")
    assert (back.grid, back.count, set(back.kinds)) == (GRID, calibration.count, set(calibration.kinds))
    assert back.kinds["a weak"].levels == LEVELS
    assert record["weights_sha256"] == "x"
    requested = Traits(("a weak", "b weak", "c strong"), np.array([[0.5], [2.0], [1.0]]))
    before, after = (c.bands(requested, GRID) for c in (calibration, back))
    for one, other in zip(before, after, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(b.m_radius, a.m_radius, rtol=1e-6)
    raw, source = np.array([1.0, 2, 3]), Provenance("x")
    stds = [c.standard_deviations(requested, raw, GRID, source) for c in (calibration, back)]
    for a, b in zip(*stds, strict=True):
        np.testing.assert_allclose(b.arrays["i1z"], a.arrays["i1z"], rtol=1e-6)
    with pytest.raises(InputError, match="'mlp' is wanted"):
        load_calibration(tmp_path / "c.safetensors", "mlp")


def test_a_calibration_of_an_older_schema_says_what_to_do(tmp_path):
    save_weights(tmp_path / "c.safetensors", "fno", {}, {"m": torch.zeros(1)}, "spin-conformal-1")
    with pytest.raises(InputError, match="harness train calibrate fno"):
        load_calibration(tmp_path / "c.safetensors", "fno")
    save_weights(tmp_path / "c.safetensors", "fno", {"points": 2, "dt_s": 1.0, "levels": [], "kinds": [""]},
                 {"m": torch.zeros(1)}, "spin-conformal-2")  # fmt: skip
    with pytest.raises(InputError, match="not a calibration"):
        load_calibration(tmp_path / "c.safetensors", "fno")


def by_kind(count: int, rng: np.random.Generator, with_spreads: bool = False) -> KindCalibration:
    """Two kinds of unlike size, and difficulties that the errors grow with."""
    errors, traits = kinds_and_errors(count, rng)
    rows = kinds_to_calibrate(traits.kinds, 300)
    kinds = {
        name: calibrate({s: e[r] for s, e in errors.items()}, GRID, difficulty=traits.difficulty[r])
        for name, r in rows.items()
    }
    spreads = {}
    if with_spreads:
        spreads = {name: fit_spread({s: e[r] for s, e in errors.items()}, traits.difficulty[r])
                   for name, r in rows.items()}  # fmt: skip
    return KindCalibration(kinds, spreads)


def kinds_and_errors(count: int, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], Traits]:
    """A tenth of the systems is of kind "b", ten times as wrong; the error goes as the difficulty."""
    errors = drawn_errors(count, rng)
    names = np.where(rng.uniform(size=count) < 0.1, "b weak", "a weak")
    hard = rng.lognormal(size=(count, 1))
    factor = hard * np.where(names == "b weak", 10.0, 1.0)[:, None]
    return {s: e * factor for s, e in errors.items()}, Traits(tuple(map(str, names)), hard)


def covered(bands, errors: np.ndarray, level: float) -> np.ndarray:
    """(n,) bool: is the whole trajectory inside the band of this level?"""
    found = []
    for one, error in zip(bands, errors, strict=True):
        (band,) = (b for b in one if b.kind == "sup" and b.level == level)
        found.append(bool((error <= band.m_radius).all()))
    return np.array(found)


def test_every_kind_is_covered_as_promised_where_the_pooled_band_covers_only_on_average():
    rng = np.random.default_rng(11)
    calibration = by_kind(12000, rng)
    errors, traits = kinds_and_errors(4000, rng)
    rare = np.array(traits.kinds) == "b weak"
    by_its_kind = covered(calibration.bands(traits, GRID), errors["m"], 0.9)
    pooled = KindCalibration({"": calibration.kinds[""]}, {})
    on_average = covered(pooled.bands(traits, GRID), errors["m"], 0.9)
    # 400 fresh cases and 1080 scores of the rare kind: .9 within 4 standard deviations (.015 and .009).
    assert by_its_kind[rare].mean() == pytest.approx(0.9, abs=0.07)
    assert by_its_kind[~rare].mean() == pytest.approx(0.9, abs=0.03)
    assert on_average.mean() == pytest.approx(0.9, abs=0.03)
    assert on_average[rare].mean() < 0.6


@pytest.mark.parametrize("name", ["a weak", "b weak"])
def test_coverage_within_a_kind_follows_its_own_beta_law(name):
    """Over 300 calibration sets; with errors of a known law the coverage of a band is known, not counted."""
    rng = np.random.default_rng(12)
    grid = TimeGrid(1, 1e-4)
    coverage = []
    for _ in range(300):
        kinds = np.where(rng.uniform(size=800) < 0.5, "a weak", "b weak")
        size = np.where(kinds == "b weak", 7.0, 1.0)[:, None] * rng.uniform(size=(800, 1))
        rows = kinds_to_calibrate(tuple(map(str, kinds)), 300)[name]
        one = calibrate({"m": size[rows], "i1z": size[rows]}, grid, [0.9])
        radius = float(np.asarray(one.bands(grid)[0].m_radius)[0])
        # Uniform errors: coverage is the radius over the largest error. Its rank in its own Beta law is uniform.
        k = math.ceil((one.count + 1) * 0.9)
        coverage.append(beta(k, one.count + 1 - k).cdf(radius / (7.0 if name == "b weak" else 1.0)))
    assert kstest(coverage, "uniform").pvalue > 1e-3
    assert kstest(np.array(coverage) ** 1.5, "uniform").pvalue < 1e-3  # the test would see a law that is off


def test_kinds_that_were_never_calibrated_get_the_widest_that_knows_them():
    calibration = by_kind(6000, np.random.default_rng(13))
    assert set(calibration.kinds) == {"a weak", "b weak", "weak", ""}
    assert [calibration.name_of(kind) for kind in ("a weak", "z weak", "a strong", "")] == ["a weak", "weak", "", ""]
    assert calibration.count > calibration.kinds["a weak"].count > 10 * FEWEST


def test_harder_systems_get_wider_bands_and_easier_ones_than_ever_seen_no_narrower():
    calibration = by_kind(6000, np.random.default_rng(14))
    hard = Traits(("a weak",) * 4, np.array([[0.0], [1e-9], [1.0], [10.0]]))
    nothing, least, one, ten = (np.asarray(bands[0].m_radius) for bands in calibration.bands(hard, GRID))
    np.testing.assert_array_equal(nothing, least)
    assert np.all(least < one)
    # The errors were drawn proportional to the difficulty; 540 rows leave the slope uncertain by .07 at each time.
    np.testing.assert_allclose(np.log10(ten / one), 1, atol=0.25)


def test_standard_deviations_are_recalibrated_to_the_levels_and_keep_their_order():
    rng = np.random.default_rng(15)
    raw = rng.lognormal(size=3000)
    # Dropout's spread is a hundred times too small, and the error grows only as its square root.
    sigma = 100 * np.sqrt(raw)[:, None] * np.linspace(0.1, 1, 10)
    errors = {"m": sigma * (rng.normal(size=sigma.shape) + 1j * rng.normal(size=sigma.shape)),
              "i1z": 3 * sigma * rng.normal(size=sigma.shape)}  # fmt: skip
    scales = fit_spread(errors, raw[:, None])
    std = scales["m"](raw[:, None])
    np.testing.assert_allclose(np.median(std / sigma), 1, rtol=0.05)
    np.testing.assert_allclose(np.median(scales["i1z"](raw[:, None]) / sigma), 3, rtol=0.05)
    assert np.all(np.diff(std[np.argsort(raw)], axis=0) >= 0)
    covered = [(np.abs(errors["m"].real) <= norm.ppf((1 + level) / 2) * std).mean() for level in (0.5, 0.68, 0.9)]
    np.testing.assert_allclose(covered, [0.5, 0.68, 0.9], atol=0.02)


def test_standard_deviations_know_the_difficulty_of_the_system_too():
    """The spread tells half of what the error goes with, the difficulty the rest: with both, coverage is right."""
    rng = np.random.default_rng(18)
    raw, hard = rng.lognormal(size=4000), rng.lognormal(sigma=1.5, size=4000)
    sigma = (raw * hard)[:, None] * np.linspace(0.1, 1, 10)
    errors = {"m": sigma * (rng.normal(size=sigma.shape) + 1j * rng.normal(size=sigma.shape)),
              "i1z": sigma * rng.normal(size=sigma.shape)}  # fmt: skip
    traits = Traits(("",) * 4000, hard[:, None])

    def gap(given: np.ndarray) -> float:
        calibration = KindCalibration({"": calibrate({s: np.abs(e) for s, e in errors.items()}, GRID)},
                                      {"": fit_spread(errors, given)})  # fmt: skip
        found = calibration.standard_deviations(traits, raw, GRID, Provenance("x"))
        ratio = np.abs(errors["m"].real) / np.stack([one.arrays["m"] for one in found])
        return max(abs((ratio <= norm.ppf((1 + level) / 2)).mean() - level) for level in (0.5, 0.68, 0.8, 0.9, 0.95))

    assert gap(predictors(raw, hard[:, None])) < 0.02
    assert gap(raw[:, None]) > 0.08  # a calibration that knows the spread alone is used with the spread alone


def test_the_factor_is_the_best_one():
    ratio = np.abs(np.random.default_rng(16).laplace(size=20000))
    factor = least_gap_factor(ratio)

    def gap(f: float) -> float:
        return max(abs((ratio <= f * norm.ppf((1 + x) / 2)).mean() - x) for x in (0.5, 0.68, 0.8, 0.9, 0.95))

    assert gap(factor) <= min(gap(f) for f in np.geomspace(0.1, 10, 2000)) + 2e-3
    assert least_gap_factor(np.abs(np.random.default_rng(17).normal(size=50000))) == pytest.approx(1, rel=0.03)


def flat(value: float, kinds: tuple[str, ...] = ("",), points: int = 10) -> KindCalibration:
    """Every score is ``value`` times the number of the kind from 1."""
    found = {}
    for k, kind in enumerate(kinds, 1):
        errors = np.full((200, points), k * value)
        found[kind] = calibrate({"m": errors, "i1z": 2 * errors}, TimeGrid(points, 1e-4), (0.5, 0.9))
    return KindCalibration(found, {})


@pytest.mark.parametrize(
    ("count", "level", "rank"), [(9, 0.5, 5), (9, 0.9, 9), (9, 0.11, 2), (9, 0.1, 1), (99, 0.95, 95), (100, 0.5, 51)]
)
def test_the_rank_of_a_quantile(count: int, level: float, rank: int) -> None:
    """⌈(n+1)·level⌉, also where the product is a whole number but for rounding; columns each by themselves."""
    scores = np.random.default_rng(1).permutation(np.arange(1.0, count + 1))
    found = conformal_quantile(np.stack([scores, -scores], axis=1), level)
    np.testing.assert_array_equal(found, [rank, rank - count - 1])


def test_a_band_is_nowhere_narrower_than_rounding() -> None:
    for bands in (flat(0.0).kinds[""].bands(GRID), flat(1e-12).kinds[""].bands(GRID)):
        for band in bands:
            np.testing.assert_array_equal(band.m_radius, FLOOR)
            np.testing.assert_array_equal(band.i1z_radius, FLOOR)
    for band in flat(3e-9).kinds[""].bands(GRID):
        np.testing.assert_allclose(band.m_radius, 3e-9, rtol=1e-12)
        np.testing.assert_allclose(band.i1z_radius, 6e-9, rtol=1e-12)


def test_bands_come_by_level_and_kind_in_the_order_requested() -> None:
    calibration = flat(1.0).kinds[""]
    order = [(band.level, band.kind) for band in calibration.bands(GRID)]
    assert order == [(0.5, "pointwise"), (0.5, "sup"), (0.9, "pointwise"), (0.9, "sup")]
    assert [band.level for band in calibration.bands(GRID, [0.9, 0.5])] == [0.9, 0.9, 0.5, 0.5]
    assert calibration.bands(GRID, []) == ()
    with pytest.raises(InputError, match=r"level 0\.42 was not calibrated \(calibrated: 0\.5, 0\.9\)"):
        calibration.bands(GRID, [0.9, 0.42])


def test_rows_of_mixed_kinds_keep_their_places() -> None:
    calibration = flat(1.0, ("", "a weak", "b weak"))
    kinds = ("b weak", "z", "a weak", "b weak", "a weak")
    bands = calibration.bands(Traits(kinds, np.zeros((5, 0))), GRID)
    assert [round(float(np.asarray(one[0].m_radius)[0]), 6) for one in bands] == [3, 1, 2, 3, 2]
    assert repr(calibration) == "KindCalibration(3 kinds, 180 scores, 0.9 ms)"


def test_standard_deviations_of_mixed_kinds_keep_their_places_and_hold_their_last_value() -> None:
    rng = np.random.default_rng(3)
    raw = rng.lognormal(size=3000)
    noise = raw[:, None] * (rng.normal(size=(3000, 10)) + 1j * rng.normal(size=(3000, 10)))
    given = raw[:, None]
    spreads = {
        kind: fit_spread({"m": k * noise, "i1z": 2 * k * noise.real}, given) for k, kind in enumerate(("", "a weak"), 1)
    }
    calibration = KindCalibration(flat(1.0, ("", "a weak")).kinds, spreads)
    source, requested = Provenance("x"), Traits(("a weak", "", "a weak", "z"), np.ones((4, 1)))
    values = np.array([1.0, 1.0, 2.0, 2.0])
    found = calibration.standard_deviations(requested, values, TimeGrid(13, 1e-4), source)
    for one, expected in zip(found, (2.0, 1.0, 4.0, 2.0), strict=True):
        # 3000 rows leave each calibrated deviation uncertain by some per cent; a wrong row or kind is a factor of two.
        np.testing.assert_allclose(one.arrays["m"], expected, rtol=0.15)
        np.testing.assert_allclose(one.arrays["i1z"], 2 * expected, rtol=0.15)
        np.testing.assert_array_equal(one.arrays["m"][9:], one.arrays["m"][9])


def test_the_rows_that_give_the_scale_are_evenly_spaced_and_give_no_scores() -> None:
    assert np.flatnonzero(shape_rows(10, 3)).tolist() == [0, 3, 6]
    assert np.flatnonzero(shape_rows(10, 1)).tolist() == [0]
    assert shape_rows(7, 7).all()
    assert flat(1.0).count == 180
    assert calibrate({"m": np.ones((50, 10)), "i1z": np.ones((50, 10))}, GRID, (0.5,), shape_share=0.001).count == 49


@pytest.mark.parametrize(("scores", "enough"), [(8, False), (9, True)])
def test_a_level_asks_for_as_many_scores_as_its_quantile(scores: int, enough: bool) -> None:
    errors = {name: np.ones((scores + 1, 10)) for name in ("m", "i1z")}
    if enough:
        assert np.isfinite(calibrate(errors, GRID, (0.9,)).sup["m"]).all()
    else:
        with pytest.raises(InputError, match=r"8 scores are too few for level 0[.]9"):
            calibrate(errors, GRID, (0.9,))


@pytest.mark.parametrize("shape", [(2000, 11), (2000, 9), (1999, 10), (2001, 10), (2000, 10, 1)])
def test_errors_of_another_shape_are_refused_whichever_way_they_differ(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"errors of i1z must be finite and of shape \(2000, 10\)"):
        calibrate({"m": np.ones((2000, 10)), "i1z": np.ones(shape)}, GRID)


def test_kinds_with_too_few_members_are_calibrated_with_wider_ones() -> None:
    names = ["a weak"] * 4 + ["b weak"] * 2 + ["c strong"] * 3 + ["d strong"] * 4 + ["", "lone"]
    rows = kinds_to_calibrate(names, 4)
    assert {kind: found.tolist() for kind, found in rows.items()} == {
        "a weak": [0, 1, 2, 3],
        "d strong": [9, 10, 11, 12],
        "weak": [0, 1, 2, 3, 4, 5],
        "strong": [6, 7, 8, 9, 10, 11, 12],
        "": list(range(15)),
    }


RADII = np.array([[1.0, 5.0, 2.0, 3.0], [4.0, 1.0, 1.0, 7.0]])
KNOWN = TimeGrid(4, 1e-3)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (KNOWN, RADII),
        (TimeGrid(2, 1e-3), RADII[:, :2]),
        (TimeGrid(7, 5e-4), np.array([[1, 5, 5, 5, 2, 3, 3], [4, 4, 1, 1, 1, 7, 7]])),
        (TimeGrid(2, 2e-3), RADII[:, ::2]),
        # Samples that are a rounding apart are the same sample.
        (TimeGrid(4, 1e-3 * (1 + 1e-9)), RADII),
        (TimeGrid(4, 1e-3 * (1 - 1e-9)), RADII),
        (TimeGrid(3, 1.001e-3), np.array([[1, 5, 3], [4, 1, 7]])),
    ],
)
def test_the_larger_neighbour_of_every_sample(wanted: TimeGrid, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(on_grid(RADII, KNOWN, wanted), expected)


def test_beyond_the_horizon_nothing_is_known_or_the_last_value_is_held() -> None:
    longer = TimeGrid(6, 1e-3)
    np.testing.assert_array_equal(on_grid(RADII, KNOWN, longer)[:, 3:], [[3, np.inf, np.inf], [7, np.inf, np.inf]])
    np.testing.assert_array_equal(on_grid(RADII, KNOWN, longer, beyond=None)[:, 3:], [[3, 3, 3], [7, 7, 7]])
