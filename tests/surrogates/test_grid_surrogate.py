"""fno, fno-general and mlp as surrogates: batches, grids, uncertainty, domains, and files that do not fit."""

import numpy as np
import pytest
import torch

from harness import load_surrogate
from harness.errors import InputError
from harness.surrogates import Surrogate, grid_surrogate
from harness.surrogates.conformal import KindCalibration, calibrate
from harness.surrogates.conformal_file import calibration_path, save_calibration
from harness.surrogates.training.families import build
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.spins.references import reference
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.systems import SpinSystem, TimeGrid, chain, ring, star

GRID = TimeGrid(60, 1e-4)
SMALL = {"width": 8, "layers": 2, "modes": 6, "padding": 12, "encoder": 16, "dropout": 0.2}
DOMAIN = Domain(250.0, (5.0, 20.0), (3, 4), 2, GRID.horizon_s, "chain", True)


def write(folder, model="fno", frames="none", sizes=(3, 4)):
    for n in sizes:
        network = {"width": 16, "layers": 2, "head": 8, "dropout": 0.2} if model == "mlp" else SMALL
        settings = {"spins": n, "points": 60, "frames": frames, "network": network}
        trainable = build(model, settings, seed=n)
        record = {"settings": trainable.settings(), "domain": DOMAIN.as_dict()}
        stem = model if model == "fno-general" else f"{model}-{n}"
        save_weights(folder / f"{stem}.safetensors", model, record, trainable.module.state_dict())
    return load_surrogate(model, folder)


def systems(count=5, n=4, seed=0):
    rng = np.random.default_rng(seed)
    return [chain(rng.uniform(-250, 250, n), rng.uniform(5, 20)) for _ in range(count)]


CASES = [(model, frames) for model in ("fno", "fno-general", "mlp") for frames in ("none", "spins", "pairs")]


@pytest.mark.parametrize(("model", "frames"), CASES)
def test_batches_of_mixed_sizes_answer_as_single_systems_do(tmp_path, model, frames):
    surrogate = write(tmp_path, model, frames, (4,) if model == "fno-general" else (3, 4))
    assert isinstance(surrogate, Surrogate)
    mixed = [*systems(2, 4), *systems(2, 3, 1), *systems(1, 4, 2)]
    together = surrogate.predict(mixed, GRID)
    assert together.std is None
    assert together.bands is None
    for system, trajectory in zip(mixed, together.mean, strict=True):
        alone = surrogate.predict([system], GRID).mean[0]
        # float32 sums in another order.
        np.testing.assert_allclose(trajectory.m, alone.m, atol=2e-6)
        np.testing.assert_allclose(trajectory.i1z, alone.i1z, atol=2e-6)
        assert trajectory.provenance.method == model
    assert surrogate.predict([], GRID).mean == ()


@pytest.mark.parametrize("frames", ["spins", "pairs"])
def test_frames_make_the_start_and_a_shift_of_the_frame_exact(tmp_path, frames):
    surrogate = write(tmp_path, frames=frames)
    (system,) = systems(1)
    shifted = system.with_(offsets_hz=system.offsets_hz + 40.0)
    here, there = (surrogate.predict([s], GRID).mean[0] for s in (system, shifted))
    assert here.m[0] == pytest.approx(1.0, abs=1e-6)
    assert here.i1z is not None
    assert here.i1z[0] == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(there.m, here.m * np.exp(2j * np.pi * 40.0 * GRID.times_s), atol=2e-5)


def test_mc_dropout_spreads_reproducibly_and_leaves_the_mean_alone(tmp_path):
    surrogate = write(tmp_path)
    state = torch.get_rng_state()
    plain, first, second = (surrogate.predict(systems(), GRID, u) for u in ("none", "mc", "mc"))
    assert first.std is not None
    assert second.std is not None
    for k in range(5):
        assert first.std[k].mx is not None
        assert np.all(np.asarray(first.std[k].mx) > 0)
        np.testing.assert_array_equal(first.std[k].mx, second.std[k].mx)
        np.testing.assert_array_equal(first.mean[k].mx, plain.mean[k].mx)
    assert torch.equal(state, torch.get_rng_state())


def test_other_grids_are_interpolated(tmp_path):
    surrogate = write(tmp_path, frames="pairs")
    own, prefix, fine = (
        surrogate.predict(systems(1), grid) for grid in (GRID, TimeGrid(20, 1e-4), TimeGrid(119, 5e-5))
    )
    np.testing.assert_array_equal(prefix.mean[0].mx, own.mean[0].mx[:20])
    np.testing.assert_allclose(fine.mean[0].mx[::2], own.mean[0].mx, atol=1e-12)
    assert set(own.in_domain[0].exceeded) == {"estimated_error"}, "hardly trained, and within every limit"


def test_an_answer_that_is_wrong_is_flagged_and_a_right_one_is_not(tmp_path, monkeypatch):
    """Within every limit of its training; the clusters of five that it is held against are exact for these sizes."""
    surrogate = write(tmp_path, frames="pairs")
    requested = systems(1)
    assert not surrogate.predict(requested, GRID).in_domain[0]
    right = [reference("exact").simulate(system, GRID) for system in requested]

    def answers(member, part, mc):
        return np.stack([np.stack([one.mx, one.my, one.i1z]) for one in right]), None

    monkeypatch.setattr("harness.tasks.spins.surrogates.grid_surrogate._evaluate", answers)
    assert surrogate.predict(requested, GRID).in_domain[0]


@pytest.mark.parametrize("uncertainty", ["none", "mc"])
@pytest.mark.parametrize(
    ("grid", "words"),
    [
        (TimeGrid(80, 1e-4), "was trained to 5.9 ms and knows nothing of later times, but the grid ends at 7.9 ms"),
        (TimeGrid(50_000_000, 1e-10), r"needs about 9.6e\+09 bytes for 2 systems .*: use the method 'exact' instead"),
        (TimeGrid(20_000_000, 1e-10), r"needs about 3.84e\+09 bytes for 2 systems .*: predict fewer than 2 systems"),
    ],
)
def test_later_times_and_grids_beyond_the_memory_are_refused_before_anything_is_computed(
    tmp_path, grid, words, uncertainty, monkeypatch
):
    surrogate = write(tmp_path, frames="pairs")
    monkeypatch.setattr(grid_surrogate, "_evaluate", None)  # calling it would be a TypeError
    with pytest.raises(InputError, match=words):
        surrogate.predict(systems(2), grid, uncertainty)


@pytest.mark.parametrize(
    ("system", "limits"),
    [
        (chain([0.0, 281.0, 10.0], 10.0), {"offset_hz": 31.0}),
        (chain([0.0, 100.0, 10.0], 4.0), {"coupling_hz": -1.0}),
        (chain([0.0, 100.0, 10.0], 22.5), {"coupling_hz": 2.5}),
        (chain([0.0, 100.0, 10.0], [8.0, 10.0]), {"coupling_spread_hz": 2.0}),
        (ring([0.0, 50.0, 10.0, 20.0], 10.0), {"bonds_off_chain": 1.0}),
        (star([0.0, 50.0, 10.0, 20.0], 10.0), {"degree": 1.0, "bonds_off_chain": 4.0}),
        (chain([0.0, 50.0, 10.0], 10.0).with_(tagged_spin=1), {"tagged_spin": 1.0}),
        (SpinSystem([0.0, 1.0], [[0, 9], [9, 0]], isotopes=["1H", "13C"]), {"isotopes": 1.0, "spins": -1.0}),
        (chain([0.0, 250.0, -250.0], 20.0), {}),
    ],
)
def test_the_domain_says_which_limit_and_by_how_much(system, limits):
    check = DOMAIN.check(system, GRID)
    assert check.exceeded == {key: pytest.approx(value) for key, value in limits.items()}
    assert bool(check) is not bool(limits)
    assert Domain.from_dict(DOMAIN.as_dict()) == DOMAIN


def test_sizes_without_a_network_and_missing_bands_are_one_line(tmp_path):
    surrogate = write(tmp_path)
    with pytest.raises(InputError, match=r"no network for 5 spins \(it has: 3, 4\)"):
        surrogate.predict(systems(1, 5), GRID)
    with pytest.raises(InputError, match="harness train calibrate"):
        surrogate.predict(systems(1), GRID, "conformal")
    with pytest.raises(InputError, match="'bayes'"):
        surrogate.predict(systems(1), GRID, "bayes")  # type: ignore[arg-type]


def test_bands_come_with_the_weights_they_were_made_for(tmp_path):
    write(tmp_path, sizes=(4,))
    file = tmp_path / "fno-4.safetensors"
    rng = np.random.default_rng(0)
    errors = {name: np.abs(rng.normal(size=(2000, 60))) for name in ("m", "i1z")}
    made_for = {"weights_sha256": read_weights(file, "fno").sha256}
    bands = KindCalibration({"": calibrate(errors, GRID)}, {})
    save_calibration(calibration_path(file), "fno", bands, made_for)
    prediction = load_surrogate("fno", tmp_path).predict(systems(2), GRID, "conformal")
    assert prediction.bands is not None
    assert {(b.level, b.kind) for b in prediction.bands[0]} >= {(0.9, "pointwise"), (0.9, "sup")}
    save_calibration(calibration_path(file), "fno", bands, {"weights_sha256": "another"})
    with pytest.raises(InputError, match="calibrates other weights"):
        load_surrogate("fno", tmp_path)


def test_weights_that_do_not_fit_their_settings_are_one_line(tmp_path):
    write(tmp_path, sizes=(4,))
    file = tmp_path / "fno-4.safetensors"
    found = read_weights(file, "fno")
    save_weights(file, "fno", {**found.record, "settings": {**found.record["settings"], "spins": 5}}, found.tensors)
    with pytest.raises(InputError, match="do not fit") as caught:
        load_surrogate("fno", tmp_path)
    assert "\n" not in str(caught.value)


def test_two_networks_of_one_size_are_not_mixed_up(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, sizes=(3,))
    with pytest.raises(InputError, match="name one of them"):
        load_surrogate("fno", tmp_path)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"spins": 3, "frames": "wide"}, "'wide'"),
        ({"spins": 3, "depth": 4}, "'depth'"),
        ({"spins": 3, "network": {"wdith": 4}}, "wdith"),
    ],
)
def test_settings_that_no_model_takes_are_named(settings, words):
    with pytest.raises(InputError, match=words):
        build("fno", settings, seed=0)
