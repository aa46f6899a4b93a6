"""spin-graph in the hands of the trainer: rows, loss, and weights that load into the same predictions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from harness import TimeGrid, load_surrogate, simulate
from harness.errors import InputError
from harness.surrogates.training.families import build
from harness.surrogates.weights import save_weights
from harness.tasks.spins.data import block_of
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.surrogates.spin_graph import load, trainable
from harness.tasks.spins.systems import topology

SETTINGS = {
    "threshold": 1e9,
    "networks": [{"horizon_s": 0.03, "width": 8, "rounds": 2, "polynomials": 6, "dropout": 0.0}],
}
GRID = TimeGrid(51, 6e-4)
CPU = torch.device("cpu")


def block(kind="chain", n=5, count=12, offset_hz=30.0, grid=GRID, seed=0):
    systems = [topology(kind, n, np.random.default_rng([seed, k]), offset_hz) for k in range(count)]
    trajectories = [simulate(s, grid) for s in systems]
    return block_of(kind, "train", "cheap", "exact", systems, list(range(seed, seed + count)), trajectories)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return trainable(SETTINGS)


def test_the_trainer_builds_it_by_name_again_and_again():
    """Equal settings and seed give equal parameters."""
    first, second = (build("spin-graph", SETTINGS, seed=3) for _ in range(2))
    for one, other in zip(first.module.parameters(), second.module.parameters(), strict=True):
        assert torch.equal(one, other)


def test_only_the_remainder_is_left_to_learn(model):
    """The target is exact minus zeroth order; of three spins nothing is left."""
    rows = model.prepare([block(), block(n=3, seed=50)])
    assert len(rows) == 24
    assert all(np.abs(r.remainder).max() > 1e-4 for r in rows[:12])
    assert all(np.abs(r.remainder).max() < 1e-6 for r in rows[12:])  # the block is in double precision, the row single
    np.testing.assert_allclose([r.remainder[0] for r in rows], 0, atol=1e-6)


def test_training_lowers_the_error(model):
    rows = model.prepare([block(count=24)])
    batch = model.batch(rows, np.arange(24), CPU)
    before = float(model.errors(batch).detach().mean())
    optimiser = torch.optim.Adam(model.module.parameters(), lr=1e-2)
    for _ in range(150):
        loss, _ = model.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(model.errors(batch).detach().mean()) < 0.5 * before
    assert float(model.loss(batch)[1]["rmse"]) == pytest.approx(float(model.errors(batch).detach().mean()), rel=1e-5)


def test_weights_load_into_the_same_predictions(model, tmp_path):
    with torch.no_grad():
        for parameter in model.module.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    data = block(kind="tree", n=6)
    rows = model.prepare([data])
    expected = model.errors(model.batch(rows, np.arange(12), CPU)).detach().numpy()
    domain = Domain(30.0, (5.0, 20.0), (6, 6), 5, GRID.horizon_s)
    path = tmp_path / "spin-graph.safetensors"
    record = {"settings": model.settings(), "domain": domain.as_dict()}
    save_weights(path, "spin-graph", record, model.module.state_dict())
    surrogate = load(path)
    guesses = surrogate.predict(data.systems(), GRID).mean
    errors = [np.sqrt(np.mean(np.abs(g.m - m) ** 2) / 2) for g, m in zip(guesses, data.m, strict=True)]
    np.testing.assert_allclose(errors, expected, rtol=0, atol=5e-6)
    assert surrogate.expansion.threshold == 1e9
    with pytest.raises(InputError, match="no conformal calibration"):
        surrogate.predict(data.systems(), GRID, "conformal")


def test_data_on_two_grids_or_beyond_the_horizon_are_refused(model):
    with pytest.raises(InputError, match="others on"):
        model.prepare([block(count=1), block(count=1, grid=TimeGrid(60, 5e-4))])
    late = trainable(SETTINGS)
    rows = late.prepare([block(count=1, grid=TimeGrid(60, 1e-3))])
    with pytest.raises(InputError, match="no network reaches"):
        late.batch(rows, np.arange(1), CPU)


def test_weights_of_other_settings_are_refused(model, tmp_path):
    path = tmp_path / "spin-graph.safetensors"
    domain = Domain(30.0, (5.0, 20.0), (6, 6), 5, GRID.horizon_s)
    other = {**SETTINGS, "networks": [{**SETTINGS["networks"][0], "width": 4}]}
    save_weights(path, "spin-graph", {"settings": other, "domain": domain.as_dict()}, model.module.state_dict())
    with pytest.raises(InputError, match="do not fit"):
        load(path)


def test_conformal_bands_of_the_package_cover_fresh_systems():
    """90 % bands of whole trajectories on a mixture like that of the calibration: 40 systems, at least 30 covered."""
    surrogate = load_surrogate("spin-graph")
    rng = np.random.default_rng(990_001)
    kinds = ["chain", "chain", "chain", "ring", "star", "tree"]
    systems = [topology(kinds[k % 6], int(rng.integers(4, 9)), rng) for k in range(40)]
    for grid in (TimeGrid(300, 1e-4), TimeGrid(100, 1e-3)):
        found = surrogate.predict(systems, grid, "conformal")
        assert found.bands is not None
        covered = 0
        for system, guess, bands in zip(systems, found.mean, found.bands, strict=True):
            (band,) = (b for b in bands if b.kind == "sup" and b.level == 0.9)
            assert np.all(np.isfinite(band.m_radius))
            covered += bool(np.all(np.abs(simulate(system, grid).m - guess.m) <= band.m_radius + 1e-12))
        assert covered >= 30  # below 30 of 40 has probability 1e-3 at 90 %
