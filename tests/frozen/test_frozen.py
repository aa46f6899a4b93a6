"""Files of version 0.1, written before modules moved, are read today and mean what they meant (see ``make.py``)."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from harness.benchmark import Protocol, run
from harness.data import generate, load_mix, preset_names, read_dataset, seed_of, write_dataset
from harness.report.history import entry_of, read_entry
from harness.report.store import read_records
from harness.subjects.format import format_of
from harness.subjects.requests import request_of, systems_of
from harness.surrogates import load_surrogate
from harness.surrogates.conformal_file import load_calibration, save_calibration
from harness.surrogates.training.plan import load_plan
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.spins.benchmarks.references import jobs
from harness.tasks.spins.data import draw, units
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import entry_name
from harness.tasks.spins.spinach.entry import read_entry as read_cache_entry

OLD = Path(__file__).with_name("v01")
NUMBERS = json.loads((OLD / "numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(NUMBERS["mixes"]))
def test_packaged_mixes_have_their_fingerprints_and_draw_their_systems(name: str) -> None:
    mix = load_mix(name)
    assert mix.fingerprint == NUMBERS["mixes"][name]["mix_sha256"]
    first = [(unit, seed_of(mix.seed, unit, 0)) for unit in units(mix)]
    drawn = [[unit.key, seed, draw(unit, seed).fingerprint] for unit, seed in first]
    assert sha256(json.dumps(drawn).encode()).hexdigest() == NUMBERS["mixes"][name]["systems_sha256"]


def test_no_packaged_mix_is_gone() -> None:
    assert set(NUMBERS["mixes"]) <= set(preset_names())


def test_a_data_set_is_read_and_written_with_the_same_content(tmp_path: Path) -> None:
    old = read_dataset(OLD / "dataset.h5", NUMBERS["dataset"]["mix_sha256"])
    assert old.content_sha256 == NUMBERS["dataset"]["content_sha256"]
    again = write_dataset(tmp_path / "again.h5", old.blocks, old.mix, old.mix_sha256)
    assert again == old.content_sha256
    assert read_dataset(tmp_path / "again.h5").mix == old.mix


def test_a_data_set_is_generated_again_from_its_mix(tmp_path: Path) -> None:
    old = read_dataset(OLD / "dataset.h5")
    new = generate(load_mix(OLD / "mix.toml"), tmp_path, workers=1)
    assert new.mix_sha256 == old.mix_sha256
    assert new.mix == old.mix
    for one, other in zip(new.blocks, old.blocks, strict=True):
        assert one.systems() == other.systems()
        for name in ("m", "i1z", "spin_signals"):
            # In single precision, on another processor: some units in the last place of numbers up to one.
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=1e-6)
        retained = {name: array for name, array in vars(one).items() if isinstance(array, np.ndarray)}
        assert {k: (a.dtype, a.shape) for k, a in retained.items()} == {
            k: (a.dtype, a.shape) for k, a in vars(other).items() if isinstance(a, np.ndarray)
        }


def test_training_data_of_the_version_before_train_the_plan_of_today(tmp_path: Path) -> None:
    from harness.surrogates.training.job import run_job

    plan = load_plan("fno", OLD / "fno.frozen.toml")
    (path,) = run_job(plan, tmp_path, OLD / "dataset.h5")
    old, new = (read_weights(file, "fno") for file in (OLD / "fno-2.safetensors", path))
    same = ("settings", "domain", "recipe", "data", "preset")
    assert {key: new.record[key] for key in same} == {key: old.record[key] for key in same}
    for name, tensor in old.tensors.items():
        # Two epochs in single precision, on another processor.
        np.testing.assert_allclose(new.tensors[name].numpy(), tensor.numpy(), rtol=0, atol=1e-4)


def test_weights_and_bands_answer_what_they_answered() -> None:
    block = next(b for b in read_dataset(OLD / "dataset.h5").select("test") if b.spins == 2)
    surrogate = load_surrogate("fno", OLD / "fno-2.safetensors")
    predicted = np.load(OLD / "answers.npz")
    means = surrogate.predict(block.systems(), block.grid)
    spreads = surrogate.predict(block.systems(), block.grid, "mc").std
    bands = surrogate.predict(block.systems(), block.grid, "conformal").bands
    assert spreads is not None
    assert bands is not None
    found = {
        "m": means.m,
        "i1z": means.i1z,
        "std_m": np.array([one.m for one in spreads]),
        "std_i1z": np.array([one.i1z for one in spreads]),
        "m_radius": np.array([[band.m_radius for band in row] for row in bands]),
        "i1z_radius": np.array([[band.i1z_radius for band in row] for row in bands]),
        "levels": np.array([band.level for band in bands[0]]),
    }
    assert set(found) == set(predicted.files)
    for name, values in found.items():
        np.testing.assert_allclose(values, predicted[name], rtol=1e-5, atol=1e-5, err_msg=name)


def test_weights_and_bands_are_written_as_they_were(tmp_path: Path) -> None:
    old = read_weights(OLD / "fno-2.safetensors", "fno")
    save_weights(tmp_path / "w.safetensors", "fno", old.record, old.tensors)
    assert (tmp_path / "w.safetensors").read_bytes() == (OLD / "fno-2.safetensors").read_bytes()
    bands, record = load_calibration(OLD / "fno-2.conformal.safetensors", "fno")
    save_calibration(tmp_path / "c.safetensors", "fno", bands, record)
    assert (tmp_path / "c.safetensors").read_bytes() == (OLD / "fno-2.conformal.safetensors").read_bytes()


def test_a_foreign_program_is_requested_in_the_same_bytes() -> None:
    codec = format_of("spins").codec
    text = (OLD / "request.json").read_text(encoding="utf-8")
    systems, grid = systems_of(json.loads(text), codec)
    assert json.dumps(request_of(systems, grid, codec)) == text
    blocks = read_dataset(OLD / "dataset.h5").select("test")
    assert json.dumps(request_of([block.system(0) for block in blocks], blocks[0].grid, codec)) == text


def test_measurements_of_the_benchmark_are_found_and_not_made_again(tmp_path: Path) -> None:
    (old,) = OLD.glob("weak-coupling-*.json")
    quick = Protocol(warmups=1, runs=2, most_runs=2, budget_s=1.0)
    (job,) = jobs([2], ["weak-coupling"], points=20)
    assert job.key(quick) == old.name
    (tmp_path / "measurements").mkdir()
    (tmp_path / "measurements" / old.name).write_bytes(old.read_bytes())
    (record,) = run([job], tmp_path, quick, measure=lambda *a: pytest.fail("it was measured again"))
    assert record == json.loads(old.read_text(encoding="utf-8"))


def test_every_job_of_the_benchmark_has_its_file_name() -> None:
    assert {f"{job.name} {job.size}": job.key(Protocol()) for job in jobs(peers=True)} == NUMBERS["jobs"]


def test_records_and_history_are_read_and_fit_each_other() -> None:
    report, entry = read_records(OLD / "records.json"), read_entry(OLD / "history.json")
    assert [record.verdict for record in report.records] == ["pass"] * 5
    again = entry_of(report, entry["report"])
    assert {key: again[key] for key in entry if key != "metrics"} == {k: v for k, v in entry.items() if k != "metrics"}
    for new, old in zip(again["metrics"], entry["metrics"], strict=True):
        assert {key: new[key] for key in old} == old


def test_an_entry_of_the_cache_answers_its_request() -> None:
    (path,) = OLD.glob("*spinach-octave*.h5")
    entry = read_cache_entry(path)
    found = SpinachCache((OLD,)).find(entry.request)
    assert found is not None
    assert found.key == entry.key
    assert entry_name(entry.request, entry.engine, entry.commit) == path.name
