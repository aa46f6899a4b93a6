"""Whole jobs: from a preset to weights that answer; presets that cannot be used; the command line."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from harness import load_surrogate
from harness.cli import main
from harness.data import generate, load_mix
from harness.errors import InputError
from harness.surrogates.training.ablation import load_ablation, run_ablation
from harness.surrogates.training.calibration import calibrate_weights
from harness.surrogates.training.families import families
from harness.surrogates.training.job import run_job
from harness.surrogates.training.plan import load_plan, plan_names
from harness.surrogates.weights import read_weights
from harness.tasks.spins.systems import TimeGrid, chain

GRID = TimeGrid(30, 1e-4)


@pytest.mark.parametrize("name", plan_names())
def test_every_preset_builds_its_model(name):
    from harness.surrogates.training.families import build

    model, preset = name.split(".", 1)
    plan = load_plan(model, preset)
    trainable = build(model, plan.settings_of(plan.sizes[0] if plan.sizes else None), seed=0)
    assert trainable.name == model
    assert plan.recipe.keep == 3


def test_the_brief_trains_as_requested():
    plan = load_plan("fno", "brief")
    recipe, network = plan.recipe, plan.settings["network"]
    assert (recipe.epochs, recipe.batch_size, recipe.learning_rate, recipe.weight_decay) == (200, 16, 1e-3, 1e-5)
    assert (recipe.checkpoint_every, recipe.keep, recipe.final_learning_rate) == (10, 3, 0.0)
    assert (network["encoder"], network["layers"], network["modes"]) == (128, 6, 24)
    assert plan.settings["penalty"] == 0.01
    assert plan.sizes == (4, 6, 8, 10, 12)
    assert load_plan("mlp", "brief").sizes == (4, 6, 8, 10)


def test_a_job_ends_in_weights_that_answer(preset, tmp_path):
    predicted: list[tuple[str, float]] = []
    plan = load_plan("fno", preset())
    paths = run_job(
        plan, tmp_path / "run", workers=1, say=lambda what, fraction, details: predicted.append((what, fraction))
    )
    assert [p.name for p in paths] == ["fno-2.safetensors", "fno-3.safetensors"]
    progress = json.loads((tmp_path / "run/progress.json").read_text())
    assert progress["completed_N"] == [2, 3]
    assert (progress["current_phase"], progress["percent"]) == ("done", 100.0)
    assert {what for what, _ in predicted} == {"data small", "train fno-2", "train fno-3"}
    record = json.loads((tmp_path / "run/fno-3.json").read_text())
    assert record["domain"]["coupling_hz"] == [5.0, 20.0]
    assert record["domain"]["uniform_coupling"]
    seeds = {key: block["seeds"] for key, block in record["data"]["blocks"].items()}
    assert seeds["chains/3/train"][1] < seeds["chains/3/validation"][0]
    surrogate = load_surrogate("fno", tmp_path / "run")
    prediction = surrogate.predict([chain([10.0, 20.0, -5.0], 10.0)], GRID)
    # Within every limit of its training, and, trained for an epoch or two, far from right.
    assert set(prediction.in_domain[0].exceeded) <= {"estimated_error"}
    assert np.all(np.isfinite(prediction.mean[0].m))
    # A second call has nothing to do and changes nothing, but makes a record that a kill has prevented.
    before = [p.read_bytes() for p in paths]
    (tmp_path / "run/fno-3.json").unlink()
    assert run_job(plan, tmp_path / "run", workers=1) == paths
    assert [p.read_bytes() for p in paths] == before
    again = json.loads((tmp_path / "run/fno-3.json").read_text())
    assert {k: v for k, v in again.items() if k != "run"} == {k: v for k, v in record.items() if k != "run"}


def test_finished_weights_of_another_training_are_refused(preset, tmp_path):
    plan = load_plan("fno", preset())
    run_job(plan, tmp_path / "run", workers=1)
    before = (tmp_path / "run/fno-2.safetensors").read_bytes()
    with pytest.raises(InputError, match="another training"):
        run_job(replace(plan, recipe=replace(plan.recipe, seed=5)), tmp_path / "run", workers=1)
    assert (tmp_path / "run/fno-2.safetensors").read_bytes() == before


def test_data_made_before_are_used_and_others_refused(preset, tmp_path):
    plan = load_plan("fno", preset()).only((2,))
    generate(plan.mix, tmp_path / "data", workers=1)
    (path,) = run_job(plan, tmp_path / "run", data=tmp_path / "data")
    assert read_weights(path, "fno").record["data"]["mix_sha256"] == plan.mix.fingerprint
    assert not (tmp_path / "run/data").exists()
    with pytest.raises(InputError, match="another mix"):
        run_job(replace(plan, mix=load_mix("chains")), tmp_path / "other", data=tmp_path / "data")


@pytest.mark.parametrize("model", ["fno-general", "mlp"])
def test_the_other_grid_models_train_too(preset, tmp_path, model):
    if model == "mlp":
        path = preset(model=model, settings="network = { width = 8, layers = 2, head = 4 }", epochs=1)
    else:
        small = "{ encoder = 8, width = 6, layers = 2, modes = 4, padding = 6 }"
        path = preset(model=model, sizes="", settings=f'spins = 3\nframes = "pairs"\nnetwork = {small}', epochs=1)
    paths = run_job(load_plan(model, path), tmp_path / "run", workers=1)
    assert len(paths) == (2 if model == "mlp" else 1)
    (check,) = load_surrogate(model, tmp_path / "run").predict([chain([1.0, 2.0], 9.0)], GRID).in_domain
    assert set(check.exceeded) <= {"estimated_error"}


def test_bands_are_calibrated_on_systems_of_their_own(preset, tmp_path):
    path = preset(epochs=1, counts="train = 8, validation = 4, calibration = 150, test = 20")
    plan = load_plan("fno", path).only((3,))
    run_job(plan, tmp_path / "run", workers=1)
    dataset = generate(plan.mix, tmp_path / "run/data", workers=1)
    predicted: list[str] = []
    (target,) = calibrate_weights("fno", tmp_path / "run", dataset, predicted.append)
    assert target.name == "fno-3.conformal.safetensors"
    assert "10000 are usual" in predicted[0]
    (test,) = dataset.select("test")
    prediction = load_surrogate("fno", tmp_path / "run").predict(test.systems(), test.grid, "conformal")
    assert prediction.bands is not None
    inside = []
    for k, bands in enumerate(prediction.bands):
        sup = next(b for b in bands if (b.level, b.kind) == (0.9, "sup"))
        inside.append(bool(np.all(np.abs(prediction.mean[k].m - test.m[k]) <= np.asarray(sup.m_radius))))
    # 20 test systems at 90 %: fewer than 14 inside has a probability below 1e-3.
    assert sum(inside) >= 14
    assert calibrate_weights("fno", tmp_path / "run", dataset) == [target]
    given = ("fno", "--weights", tmp_path / "run", "--data", tmp_path / "run/data")
    assert run_cli("train", "calibrate", *given) == 0
    assert run_cli("train", "measure", *given, "--out", tmp_path / "table") == 0
    assert (tmp_path / "table/ablation.md").read_text().count("fno-3") == 1
    (tmp_path / "without").mkdir()
    (tmp_path / "without/fno-3.safetensors").write_bytes((tmp_path / "run/fno-3.safetensors").read_bytes())
    without = generate(plan.mix.only((3,)), tmp_path / "run/data", workers=1)
    with pytest.raises(InputError, match="another split"):
        calibrate_weights("fno", tmp_path / "without", _relabelled(without))


def _relabelled(dataset):
    """Training systems passed off as calibration systems."""
    blocks = tuple(replace(block, split="calibration") for block in dataset.select("train"))
    return replace(dataset, blocks=blocks)


def test_an_ablation_gives_one_table_with_the_formulas_on_top(preset, tmp_path, capsys):
    preset(epochs=1)
    counts = "test = 6"
    (tmp_path / "test.toml").write_text(
        (tmp_path / "small.toml").read_text().replace("train = 8, validation = 4", counts)
    )
    text = f"""
schema = "spin-ablation-1"
model = "fno"
preset = "{tmp_path / "fno.small.toml"}"
test = "{tmp_path / "test.toml"}"
sizes = [3]
[[variant]]
name = "as it is"
[[variant]]
name = "pairs"
settings = {{ frames = "pairs", network = {{ width = 4 }} }}
recipe = {{ epochs = 2 }}
"""
    (tmp_path / "mine.toml").write_text(text)
    ablation = load_ablation(tmp_path / "mine.toml")
    assert ablation.variants["pairs"].settings["network"]["layers"] == 2
    rows = run_ablation(ablation, tmp_path / "out", workers=1)
    assert [r["variant"] for r in rows] == ["(weak-coupling)", "(pair-product)", "as it is", "pairs"]
    assert rows[1]["rmse_m_mean"] < rows[3]["rmse_m_mean"] + 0.05 < rows[2]["rmse_m_mean"] + 0.05
    with (tmp_path / "out/ablation.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == 4
    assert table[2]["parameters"] > table[3]["parameters"]
    assert (tmp_path / "out/ablation.md").read_text().count("\n") == 6


def test_packaged_ablations_can_be_read():
    ablation = load_ablation("fno")
    assert ablation.variants["data of the brief"].mix.name == "brief"
    assert ablation.variants["without frames"].settings["frames"] == "none"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('model = "fno"', 'model = "oracle"', "'oracle'"),
        ('mix = "small.toml"', 'mix = "none.toml"', "none.toml"),
        ("sizes = [2, 3]", "sizes = []", "sizes"),
        ("epochs = 10", "epoch = 10", "'epoch'"),
        ("[recipe]", "[receipt]", "'receipt'"),
        ("spin-training-1", "spin-training-7", "spin-training-1"),
        ("[recipe]", "[recipe_of_size.9]", "recipe_of_size.9"),
    ],
)
def test_faults_of_a_preset_are_one_line(preset, old, new, words):
    path = preset()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError) as caught:
        load_plan("fno", path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def run_cli(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    return int(str(caught.value.code))


def test_the_command_line_trains_and_says_what_came_out(preset, tmp_path, capsys):
    path = preset(epochs=1)
    assert run_cli("train", "fno", "--preset", path, "--sizes", "2", "--out", tmp_path / "run", "--workers", "1") == 0
    assert "validation RMSE of M" in capsys.readouterr().out
    assert run_cli("data", tmp_path / "small.toml", "--out", tmp_path / "d", "--workers", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["systems"] == 24
    assert run_cli("train", "mlp", "--preset", "huge") == 2
    assert "known: brief" in capsys.readouterr().err
    assert run_cli("train", "fno", "--preset", path, "--sizes", "2,x") == 2
    assert run_cli("train", "fno", "--preset", path, "--sizes", "9") == 2
    assert "no size 9" in capsys.readouterr().err
    assert run_cli("data", "brief", "--without", "gold") == 2
    assert run_cli("data", "brief", "--cluster", "nowhere", "--out", tmp_path / "e") == 2


def test_the_command_line_knows_every_family():
    from harness.tasks.spins.cli.train import MODELS

    assert sorted(MODELS) == sorted(families())
