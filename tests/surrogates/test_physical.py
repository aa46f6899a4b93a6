"""M in the unit disc, whatever a model says."""

import numpy as np
import pytest

from harness import load_surrogate
from harness.tasks.spins.surrogates.physical import onto_disc
from harness.tasks.spins.systems import STANDARD_GRID, TimeGrid, topology


def test_the_projection_never_takes_an_answer_further_from_the_truth():
    rng = np.random.default_rng(0)
    truth = np.sqrt(rng.uniform(0, 1, (50, 40))) * np.exp(2j * np.pi * rng.uniform(0, 1, (50, 40)))
    answer = truth + rng.normal(0, 0.5, truth.shape) + 1j * rng.normal(0, 0.5, truth.shape)
    before = np.abs(answer - truth)
    largest = np.abs(answer).max(axis=1)
    excess = onto_disc(answer)
    assert np.all(np.abs(answer - truth) <= before + 1e-15)
    assert np.abs(answer).max() <= 1 + 1e-15
    np.testing.assert_allclose(excess, np.maximum(largest, 1) - 1, rtol=0, atol=1e-12)


def test_signals_of_spins_keep_their_mean():
    signals = np.array([[[1.5, 0.2], [1.3j, 0.4]]], complex)
    m = signals.mean(axis=1) * 2
    signals *= 2
    assert onto_disc(m, signals)[0] > 0.5
    np.testing.assert_allclose(signals.mean(axis=1), m, rtol=0, atol=1e-15)


@pytest.mark.parametrize(("name", "sizes"), [("fno", (4, 8)), ("fno-general", (4, 7, 10)), ("mlp", (4, 8))])
@pytest.mark.parametrize("offset_hz", [3.0, 250.0, 2000.0])
def test_no_packaged_model_leaves_the_disc(name, sizes, offset_hz):
    """Inside the trained ranges and far outside, also between the samples that it was trained on."""
    model, rng = load_surrogate(name), np.random.default_rng(1)
    systems = [
        topology("chain", n, rng, offset_hz, (1.0, 40.0), uniform_coupling=True) for n in sizes for _ in range(8)
    ]
    for grid in (STANDARD_GRID, TimeGrid(400, 7e-5)):
        found = model.predict(systems, grid)
        assert max(np.abs(one.m).max() for one in found.mean) <= 1 + 1e-9
        if offset_hz == 2000.0:
            assert np.mean([bool(check) for check in found.in_domain]) < 0.5
