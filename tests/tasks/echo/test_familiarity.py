"""Curves that differ from those with the same labels are unfamiliar, and so many ordinary ones as are meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.posterior import MODEL, SCHEMA, Posterior, load_posterior, packaged_posterior
from harness.tasks.echo.inference.residuals import Residuals
from harness.tasks.echo.inference.train import joint_thresholds
from harness.tasks.echo.populations import POPULATIONS

TIMES = np.linspace(0.1, 4.0, 60)


def decays(count: int, seed: int, faster: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Curves (n, T) whose first label is their size and whose second has no effect; the labels (n, 2)."""
    generator = np.random.default_rng(seed)
    labels = generator.random((count, 2))
    curves = -0.5j * (0.2 + 0.8 * labels[:, :1]) * np.exp(-faster * TIMES)
    return curves + generator.normal(0.0, 0.005, (count, 60, 2)) @ [1.0, 1.0j], labels


class TestResiduals:
    @pytest.fixture
    def residuals(self) -> Residuals:
        return Residuals.fit([0], decays(2000, 1), decays(500, 2))

    def test_distance(self, residuals: Residuals) -> None:
        home = residuals.distance(*decays(500, 3))
        # Axes of white noise are those along which the curves of the fit scattered most; fresh ones scatter less.
        assert 0.5 < home.mean() < 1.1
        # A decay that is faster by a fifth, with the labels of the slower one.
        assert np.mean(residuals.distance(*decays(500, 3, faster=1.2)) > np.quantile(home, 0.99)) > 0.9

    def test_labels_without_effect_are_left_out(self, residuals: Residuals) -> None:
        curves, labels = decays(20, 4)
        other = np.column_stack([labels[:, 0], 1.0 - labels[:, 1]])
        np.testing.assert_array_equal(residuals.distance(curves, labels), residuals.distance(curves, other))
        wrong = np.column_stack([1.0 - labels[:, 0], labels[:, 1]])
        assert residuals.distance(curves, wrong).mean() > 10 * residuals.distance(curves, labels).mean()


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_joint_thresholds(correlation: float) -> None:
    """5 % of the curves exceed one of two, as many the one as the other, whether or not the two know of each other."""
    generator = np.random.default_rng(5)
    one, noise = generator.normal(size=(2, 20_000))
    other = np.exp(correlation * one + np.sqrt(1 - correlation**2) * noise)
    thresholds = joint_thresholds(one, other)
    beyond = np.stack([one > thresholds[0], other > thresholds[1]])
    assert beyond.any(0).mean() == pytest.approx(0.05, abs=0.002)
    assert beyond[0].mean() == pytest.approx(beyond[1].mean(), abs=0.002)


def test_weights_of_earlier_versions_have_none(posterior: Posterior, fresh: CurveSet, tmp_path: Path) -> None:
    posterior.save(tmp_path / "now.safetensors")
    found = read_weights(tmp_path / "now.safetensors", MODEL, SCHEMA)
    earlier = {name: tensor for name, tensor in found.tensors.items() if not name.startswith("residuals/")}
    assert len(earlier) < len(found.tensors)
    save_weights(tmp_path / "earlier.safetensors", MODEL, found.record, earlier, SCHEMA)
    loaded = load_posterior(tmp_path / "earlier.safetensors")
    assert loaded.residuals is None
    np.testing.assert_array_equal(loaded.samples(fresh.m[:5], 20), posterior.samples(fresh.m[:5], 20))
    assert loaded.familiar(fresh.m).mean() >= posterior.familiar(fresh.m).mean()


def test_a_wider_line() -> None:
    """Its curves lie between those of the training; what is odd about them is that no labels explain them."""
    posterior = packaged_posterior("power")
    recipe = POPULATIONS["line 20 % wider"].recipe.with_(seed=9_002)
    curves = computed(recipe, range(64)).m
    assert 1.0 - posterior.familiar(curves).mean() > 0.75
    assert 1.0 - replace(posterior, residuals=None).familiar(curves).mean() < 0.75
