"""Data, training, calibration and tables of a task that is data alone and knows nothing of spins (tests/rotors)."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.data import generate, load_mix, read_dataset
from harness.data.mix import block_format
from harness.data.plain_mix import parse_plain_mix
from harness.errors import InputError
from harness.surrogates import load_surrogate
from harness.surrogates.training.calibration import calibrate_weights
from harness.surrogates.training.job import run_job
from harness.surrogates.training.plan import load_plan
from harness.surrogates.training.tables import baseline_rows, measure_weights, write_tables
from harness.surrogates.weights import read_weights
from harness.task import task_named

FOLDER = Path(__file__).parents[1] / "rotors"
MIX = """
schema = "harness-mix-1"
name = "rotors"
seed = 4
observables = ["place"]
shard_samples = 50
[[part]]
name = "right"
population = "small"
reference = "circle"
counts = { train = 40, validation = 10, calibration = 150, test = 10 }
[[part]]
name = "wrong"
population = "large"
reference = "still"
class = "still"
options = { angle = 0.5 }
counts = { test = 3 }
"""
PLAN = """
schema = "harness-training-1"
model = "turning"
mix = "rotors.toml"
[recipe]
epochs = 300
checkpoint_every = 300
validate_every = 300
learning_rate = 0.05
batch_size = 40
"""


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_TASKS", str(FOLDER))


@pytest.fixture
def mix(tmp_path: Path):
    (tmp_path / "rotors.toml").write_text(MIX)
    return load_mix(tmp_path / "rotors.toml", "rotors")


class Stop(Exception):
    pass


def test_data_are_those_of_the_populations_and_the_references(mix, tmp_path: Path) -> None:
    data = generate(mix, tmp_path / "d", workers=1)
    assert {(b.part, b.split, b.size): len(b) for b in data.blocks} == {
        ("right", "train", 1): 40, ("right", "validation", 1): 10, ("right", "calibration", 1): 150,
        ("right", "test", 1): 10, ("wrong", "test", 2): 3,
    }  # fmt: skip
    (right,) = data.select("test", 1)
    for k, system in enumerate(right.systems()):
        expected = [np.cos(system.rate * right.grid.times_s), np.sin(system.rate * right.grid.times_s)]
        # In single precision: half a unit in the last place of numbers up to one.
        np.testing.assert_allclose(right.trajectory(k).arrays["place"], expected, atol=6e-8)
    (wrong,) = data.select("test", 2)
    np.testing.assert_allclose(wrong.signal("place")[:, 0], np.cos(0.5), atol=6e-8)


def test_a_stopped_generation_ends_in_the_same_bytes(mix, tmp_path: Path) -> None:
    def stop(done: int, total: int, details: Mapping[str, Any]) -> None:
        if done >= 100:
            raise Stop

    generate(mix, tmp_path / "calm", workers=1)
    with pytest.raises(Stop):
        generate(mix, tmp_path / "stopped", workers=1, report=stop)
    generate(mix, tmp_path / "stopped", workers=1)
    assert (tmp_path / "calm" / "dataset.h5").read_bytes() == (tmp_path / "stopped" / "dataset.h5").read_bytes()


def test_a_file_of_another_task_is_refused(mix, tmp_path: Path) -> None:
    generate(mix.only((2,)), tmp_path / "d", workers=1)
    with pytest.raises(InputError, match="schema 'harness-dataset-1', this version reads 'spin-dataset-1'"):
        read_dataset(tmp_path / "d")
    assert len(read_dataset(tmp_path / "d", form=block_format("rotors")).blocks) == 1


def test_what_is_damaged_is_one_line(mix, tmp_path: Path) -> None:
    import h5py

    generate(mix.only((2,)), tmp_path / "d", workers=1)
    form = block_format("rotors")
    for key, value in {"place": np.zeros((3, 2, 5)), "seeds": np.zeros(2, int), "systems": np.zeros(3)}.items():
        copy = tmp_path / f"{key}.h5"
        copy.write_bytes((tmp_path / "d" / "dataset.h5").read_bytes())
        with h5py.File(copy, "r+") as file:
            del file[f"blocks/00000/{key}"]
            file[f"blocks/00000/{key}"] = value
        with pytest.raises(InputError, match="damaged") as caught:
            read_dataset(copy, form=form)
        assert "\n" not in str(caught.value)


def test_the_fingerprint_sees_the_ranges_and_survives_a_pipe(mix, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    before = mix.fingerprint
    assert pickle.loads(pickle.dumps(mix)).fingerprint == before
    populations: Any = task_named("rotors").populations
    monkeypatch.setitem(populations, "small", replace(populations["small"], largest=2.0))
    assert pickle.loads(pickle.dumps(mix)).fingerprint != before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "spin-mix-1"}, "'harness-mix-1'"),
        ({"colour": 1}, "'colour'"),
        ({"observables": ["height"]}, "'height'"),
        ({"shares": {"dear": 1.0}}, "'dear'"),
        ({"precision": "float16"}, "float16"),
        ({"part": []}, "[[part]]"),
        ({"population": "huge"}, "'huge' is unknown (known: small, large, fine)"),
        ({"reference": "guess"}, "'guess'"),
        ({"options": {"speed": 1.0}}, "'speed'"),
        ({"counts": {"practice": 3}}, "'practice'"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict, words: str) -> None:
    part = {"name": "a", "population": "small", "reference": "circle", "counts": {"test": 2}}
    part |= {key: value for key, value in change.items() if key in ("population", "reference", "options", "counts")}
    rest = {key: value for key, value in change.items() if key not in part}
    data = {"schema": "harness-mix-1", "name": "m", "part": [part], **rest}
    with pytest.raises(InputError) as caught:
        parse_plain_mix(data, "m.toml", task_named("rotors"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_populations_on_two_grids_are_refused() -> None:
    parts = [
        {"name": name, "population": name, "reference": "circle", "counts": {"test": 2}} for name in ("small", "fine")
    ]
    with pytest.raises(InputError, match="different time grids"):
        parse_plain_mix({"schema": "harness-mix-1", "name": "m", "part": parts}, "m.toml", task_named("rotors"))


def test_a_model_is_trained_calibrated_and_measured(mix, tmp_path: Path) -> None:
    task = task_named("rotors")
    (tmp_path / "turning.toml").write_text(PLAN)
    (path,) = run_job(load_plan("turning", tmp_path / "turning.toml", task), tmp_path / "run", workers=1)
    record = read_weights(path, "turning", "harness-weights-1").record
    assert record["validation_error"]["mean"] < 0.1
    with pytest.raises(InputError, match="schema 'harness-weights-1', this version reads 'spin-weights-1'"):
        read_weights(path, "turning")
    data = read_dataset(tmp_path / "run" / "data", form=block_format(task))
    (bands,) = calibrate_weights("turning", path, data, task=task)
    assert bands.name == "turning.conformal.safetensors"
    calibration = load_surrogate("turning", path, task).calibration
    (test,) = data.select("test", 1)
    traits = load_surrogate("turning", path, task).traits(test.systems())
    assert all(np.all(band.place_radius > 0) for band in calibration.bands(traits, test.grid)[0])
    rows = [
        *baseline_rows(data.select("test"), task),
        *measure_weights("turning", "turning", path, data.select("test"), task=task),
    ]
    assert [(row["variant"], row["N"]) for row in rows] == [("(still)", 1), ("(still)", 2), ("turning", 1)]
    assert rows[2]["largest_worst"] < rows[0]["largest_mean"]
    assert "largest_mean" in write_tables(tmp_path / "table", rows, task)
