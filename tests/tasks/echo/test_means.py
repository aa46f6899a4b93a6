"""Means over draws: an unbiased distance, stored means that are what they claim to be, damage that is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import CHALLENGE, DrawnOffsets, GivenOffsets
from harness.tasks.echo.cases import SMALL
from harness.tasks.echo.draws import MeanCurve, draws_of, squared_distance, standard_error
from harness.tasks.echo.means import AVERAGED, PACKAGED, STORED_DRAWS, mean_over_draws, stored_means, write_means
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.suites.means import sampling_interval

SYSTEM = SMALL.with_(side=6, offsets=DrawnOffsets(3))


def normal_draws(rng: np.random.Generator, mean: np.ndarray, count: int, sd: float) -> np.ndarray:
    shape = (count, len(mean))
    return mean + sd * (rng.normal(size=shape) + 1j * rng.normal(size=shape))


class TestDistance:
    """Draws from a known law, about as many and as noisy as those of a run."""

    def test_is_unbiased(self) -> None:
        rng, truth = np.random.default_rng(1), np.zeros(40, complex)
        curve = truth + 0.7e-3 * np.exp(1j * np.arange(40))
        plain, unbiased = [], []
        for _ in range(2000):
            draws = normal_draws(rng, truth, 64, 8e-3)
            plain.append(np.mean(np.abs(curve - draws.mean(0)) ** 2) / 2)
            unbiased.append(squared_distance(curve, draws))
        true, error = 0.7e-3**2 / 2, np.std(unbiased) / np.sqrt(2000)
        assert abs(np.mean(unbiased) - true) < 4 * error
        # Negative control: without the subtraction the noise of the truth is counted as an error of the surrogate.
        assert np.mean(plain) - true > 20 * error
        assert min(unbiased) < 0

    def test_interval_holds_the_truth(self) -> None:
        rng, truth = np.random.default_rng(2), np.zeros(40, complex)
        curves = np.stack([truth + 1e-3 * np.exp(1j * (k + np.arange(40))) for k in range(4)])
        true, inside = 1e-3 / np.sqrt(2), 0
        for _ in range(60):
            found = sampling_interval(curves, [normal_draws(rng, truth, 64, 8e-3) for _ in curves])
            inside += found.low <= true <= found.high
            assert found.high < 3 * true
        assert inside >= 51  # 95 % of 60 is 57; fewer than 51 would have a probability of 2e-3

    def test_standard_error(self) -> None:
        draws = normal_draws(np.random.default_rng(3), np.zeros(300, complex), 100, 0.02)
        assert standard_error(draws) == pytest.approx(0.02 / 10, rel=0.05)


def test_draws_are_independent_and_repeatable() -> None:
    few, more = draws_of(SYSTEM, CHALLENGE, 3), draws_of(SYSTEM, CHALLENGE, 5)
    np.testing.assert_allclose(more[:3], few, atol=1e-6)
    other = draws_of(SYSTEM.with_(offsets=DrawnOffsets(4)), CHALLENGE, 3)
    assert np.max(np.abs(other - few)) > 1e-2
    with pytest.raises(InputError, match="its offsets are given"):
        draws_of(SYSTEM.with_(offsets=GivenOffsets(np.zeros((6, 6)))), CHALLENGE, 2)


class TestStored:
    def test_are_those_of_the_simulator(self) -> None:
        """A few fresh draws of three systems lie about the stored mean as their own scatter tells."""
        found = stored_means()
        assert len(found) == len(AVERAGED)
        for system in AVERAGED[:3]:
            stored = mean_over_draws(system, CHALLENGE)
            assert stored is found[system.fingerprint, CHALLENGE]
            assert stored.draws == STORED_DRAWS
            fresh = draws_of(system.with_(offsets=DrawnOffsets(77)), CHALLENGE, 24)
            allowed = np.hypot(standard_error(fresh), stored.standard_error)
            assert np.sqrt(np.mean(np.abs(fresh.mean(0) - stored.mean) ** 2) / 2) < 2.0 * allowed
            # Negative control: the mean of another system is farther away.
            wrong = found[AVERAGED[5].fingerprint, CHALLENGE].mean
            assert np.sqrt(np.mean(np.abs(fresh.mean(0) - wrong) ** 2) / 2) > 2.0 * allowed

    def test_systems_are_of_no_training(self) -> None:
        trained = {recipe.seed for name, recipe in RECIPES.items() if "test" not in name}
        assert RECIPES["final-test"].seed not in trained
        assert [one.name for one in AVERAGED] == [f"final-test/{k}" for k in range(12)]

    def test_damage(self, tmp_path: Path) -> None:
        path = tmp_path / "means.h5"
        write_means(path, {"a": MeanCurve(np.arange(4) * (1 + 1j), 0.1, 5), "b": MeanCurve(np.ones(4) + 0j, 0.2, 5)})
        back = stored_means(path)
        np.testing.assert_array_equal(back["a", CHALLENGE].mean, np.arange(4) * (1 + 1j))
        assert back["b", CHALLENGE].draws == 5
        stored_means.cache_clear()
        content = bytearray(path.read_bytes())
        content[content.find(np.float64(3.0).tobytes())] ^= 1
        path.write_bytes(bytes(content))
        with pytest.raises(InputError, match="checksum differ"):
            stored_means(path)
        path.write_bytes(PACKAGED.read_bytes()[:100])
        with pytest.raises(InputError, match="missing or damaged"):
            stored_means(path)
