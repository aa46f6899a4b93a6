"""Control variates from the offsets: no bias, less noise, exact without coupling; silent where offsets are unknown."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.echo import EchoPlan
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.forward import response
from harness.tasks.echo.forward.response import Controls, affordable, drawn_by, without_draws
from harness.tasks.echo.generate import computed
from harness.tasks.echo.labels import XI, Label, P, Prior
from harness.tasks.echo.offsets import LORENTZ, DrawnOffsets
from harness.tasks.echo.recipe import CurveRecipe

PLAN = EchoPlan(delay=40.0)
RECIPE = CurveRecipe("curves", 6000, 51, side=8, plan=PLAN)
SPINS = RECIPE.side**2


@pytest.fixture(scope="module")
def curves() -> CurveSet:
    return computed(RECIPE, range(RECIPE.count))


def unit_of(curves: CurveSet) -> np.ndarray:
    return curves.prior.to_unit(curves.known_labels())[:, [0, 2, 3]]


def test_controls_are_orthonormal_under_the_line() -> None:
    controls = Controls.of(LORENTZ, SPINS, PLAN, 12)
    _, weights = LORENTZ.weights(SPINS)
    np.testing.assert_allclose(weights @ controls.functions, 0.0, atol=1e-10)
    gram = controls.functions.T @ (weights[:, None] * controls.functions)
    np.testing.assert_allclose(gram, np.eye(12), atol=1e-9)
    draws = np.stack([DrawnOffsets(k).values(8).ravel() for k in range(4000)])
    values = controls.values(draws)
    assert np.all(np.abs(values.mean(0)) < 4.5 / np.sqrt(4000))
    np.testing.assert_allclose(values.var(0), 1.0, atol=0.15)
    by_hand = controls.functions[np.searchsorted(controls.points, draws[7])].sum(0) / np.sqrt(SPINS)
    np.testing.assert_allclose(values[7], by_hand, rtol=1e-12)


def test_noise_falls_and_means_stay(curves: CurveSet) -> None:
    unit = unit_of(curves)
    cleaned = without_draws(curves, unit)
    removed = curves.m - cleaned
    design = response.basis(unit, response.powers(3, 4))

    def scatter(m: np.ndarray) -> float:
        fit = np.linalg.lstsq(design, m.astype(complex), rcond=None)[0]
        return float(np.mean(np.abs(m - design @ fit) ** 2))

    assert scatter(cleaned) < 0.5 * scatter(curves.m)
    # What is removed has mean 0 at any labels: in each third of α it vanishes within its own sampling error.
    for low in (0.0, 1 / 3, 2 / 3):
        rows = (unit[:, 0] >= low) & (unit[:, 0] < low + 1 / 3)
        variance = np.mean(np.abs(removed[rows]) ** 2, axis=0) / rows.sum()
        assert np.mean(np.abs(removed[rows].mean(0)) ** 2 / variance) < 3.0


def test_nothing_is_left_without_coupling(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = Label("alpha", "α", "coupling strength", 0.0, 1e-6)
    slow = Label("d", "d", "dissipation", 5.9, 6.0)
    recipe = RECIPE.with_(prior=Prior((weak, XI, P, slow)), count=2500)
    monkeypatch.setattr(response, "MEAN_DEGREE", 4)
    monkeypatch.setattr(response, "RESPONSE_DEGREE", 1)
    curves = computed(recipe, range(recipe.count))
    assert affordable(recipe.count, 3) == response.CONTROLS
    cleaned = without_draws(curves, unit_of(curves))
    spread, left = (np.sqrt(np.mean(np.abs(m - m.mean(0)) ** 2)) for m in (curves.m, cleaned))
    assert left < 0.05 * spread


def test_unknown_offsets_are_left_alone(curves: CurveSet) -> None:
    assert drawn_by(curves) == RECIPE
    chosen = curves.take(np.arange(3000)[::-1])
    imported = CurveSet(curves.m, np.round(curves.known_labels(), 6), curves.recipe)
    for other in (chosen, imported):
        assert drawn_by(other) is None
        np.testing.assert_array_equal(without_draws(other, unit_of(other)), other.m)


def test_small_sets_have_few_controls() -> None:
    assert affordable(100, 3) == 0
    assert 0 < affordable(3000, 3) < response.CONTROLS
    assert affordable(32_000, 3) == response.CONTROLS
