"""Forward surrogates: they learn the mean over draws, their bands hold single draws, and they know their domain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo import EchoPlan, Kernel
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.forward.neighbours import NearestCurves
from harness.tasks.echo.forward.surrogate import ForwardSurrogate, load_forward
from harness.tasks.echo.forward.train import train_forward
from harness.tasks.echo.generate import computed
from harness.tasks.echo.recipe import CurveRecipe
from harness.tasks.echo.simulate import simulate

PLAN = EchoPlan(delay=40.0)
TRAINING = CurveRecipe("training", 1500, 31, side=12, plan=PLAN)
LOOPS = {
    "components": Recipe(epochs=30, batch_size=64, learning_rate=3e-3, ema_decay=0.98, checkpoint_every=20, keep=1),
    "fno": Recipe(epochs=5, batch_size=32, learning_rate=4e-3, ema_decay=0.95, checkpoint_every=5, keep=1),
}


@pytest.fixture(scope="module")
def curves() -> CurveSet:
    return computed(TRAINING, range(1500))


@pytest.fixture(scope="module")
def calibration() -> CurveSet:
    return computed(TRAINING.with_(name="held", seed=32), range(300))


@pytest.fixture(scope="module", params=["polynomials", "components", "fno"])
def surrogate(
    request: pytest.FixtureRequest, curves: CurveSet, calibration: CurveSet, tmp_path_factory: pytest.TempPathFactory
) -> ForwardSurrogate:
    kind = request.param
    return train_forward(kind, curves, calibration, tmp_path_factory.mktemp("run"), LOOPS.get(kind))


def test_mean_over_draws(surrogate: ForwardSurrogate, curves: CurveSet) -> None:
    systems = [TRAINING.with_(seed=33).system(k) for k in range(4)]
    draws = [
        [s.with_(offsets=TRAINING.with_(seed=40 + j).system(k).offsets) for j in range(64)]
        for k, s in enumerate(systems)
    ]
    means = np.stack([simulate(group, PLAN).mean(0) for group in draws])
    predicted = surrogate.predict(systems, PLAN).mean
    error = np.sqrt(np.mean(np.abs(predicted - means) ** 2))
    constant = np.sqrt(np.mean(np.abs(curves.m.mean(0) - means) ** 2))
    assert error < 0.35 * constant


def test_bands_hold_single_draws(surrogate: ForwardSurrogate) -> None:
    fresh = computed(TRAINING.with_(name="fresh", seed=34), range(300))
    prediction = surrogate.predict([TRAINING.with_(seed=34).system(k) for k in range(300)], PLAN)
    assert np.all(prediction.in_domain)
    left = np.abs(fresh.m - prediction.mean)
    inside = left <= surrogate.radius(prediction, 0.9)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)
    whole = np.mean(np.all(left <= surrogate.radius(prediction, 0.9, whole=True), axis=1))
    assert whole == pytest.approx(0.9, abs=0.07)
    assert np.mean(np.all(inside, axis=1)) < 0.6
    with pytest.raises(InputError, match="not calibrated"):
        surrogate.radius(prediction, 0.77)


def test_domain(surrogate: ForwardSurrogate) -> None:
    home = TRAINING.system(0)
    others = [
        home.with_(coupling="secular"),
        home.with_(side=13),
        home.with_(kernel=Kernel("gauss", length=3.0)),
        home.with_(strength=0.3),
        home.with_(dissipation=0.0),
    ]
    assert surrogate.predict([home, *others], PLAN).in_domain.tolist() == [True, False, False, False, False, False]
    with pytest.raises(InputError, match=r"trained on one plan, and this is another: delay = 314\.0 for 40\.0"):
        surrogate.predict([home], EchoPlan())


def test_beyond_the_ranges_the_nearest_end_is_answered(surrogate: ForwardSurrogate) -> None:
    """A polynomial or a network continues into nonsense: |M| far beyond 1/2."""
    home = TRAINING.system(0)
    edge, beyond = surrogate.predict([home.with_(strength=0.2), home.with_(strength=0.9)], PLAN).mean
    np.testing.assert_array_equal(beyond, edge)


def test_round_trip(surrogate: ForwardSurrogate, tmp_path: Path) -> None:
    surrogate.save(tmp_path / "f.safetensors")
    back = load_forward(tmp_path / "f.safetensors", surrogate.kind)
    a, b = (one.predict([TRAINING.system(0)], PLAN) for one in (surrogate, back))
    np.testing.assert_array_equal(a.mean, b.mean)
    np.testing.assert_allclose(back.radius(b, 0.9), surrogate.radius(a, 0.9), rtol=1e-6)


def test_nearest_curves(curves: CurveSet) -> None:
    nearest = NearestCurves.of(curves)
    assert nearest.prior.keys == ("alpha", "p", "d")
    answer = nearest.predict_labels(curves.known_labels()[:1][:, [0, 2, 3]])
    assert answer.shape == (1, PLAN.points)
    assert np.sqrt(np.mean(np.abs(answer[0].imag - curves.m[0].imag) ** 2)) < 0.1
