"""The trainer: resumed to the bit, refused when it must be, and its schedule as said."""

import csv
import json
import math

import numpy as np
import pytest
import torch

from harness.durable import lock
from harness.errors import InputError
from harness.surrogates.training import Recipe, TrainableModel, train
from harness.surrogates.training.checkpoint import checkpoint_files
from harness.surrogates.training.order import epoch_rows, sampling_weights
from harness.tasks.spins.data import block_of
from harness.tasks.spins.references import simulate
from harness.tasks.spins.systems import TimeGrid, topology

GRID = TimeGrid(6, 1e-4)


class Line(TrainableModel):
    """A small network with dropout on two offsets."""

    name = "line"

    def __init__(self, blowup: float = 1.0):
        torch.manual_seed(0)
        self.module = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Dropout(0.2), torch.nn.Linear(4, 1))
        self.blowup = blowup

    def settings(self):
        return {"blowup": self.blowup}

    def prepare(self, blocks):
        return np.concatenate([b.offsets_hz for b in blocks]) / 250, np.concatenate([b.mx[:, -1] for b in blocks])

    def batch(self, prepared, rows, device):
        return tuple(torch.as_tensor(x[rows], dtype=torch.float32, device=device) for x in prepared)

    def loss(self, batch):
        residual = self.module(batch[0])[:, 0] - batch[1]
        return (self.blowup * residual).square().mean(), {"size": residual.detach().abs().mean()}

    def errors(self, batch):
        return (self.module(batch[0])[:, 0] - batch[1]).abs()


@pytest.fixture(scope="module")
def blocks():
    rng = np.random.default_rng(0)
    systems = [topology("chain", 2, rng) for _ in range(24)]
    truth = [simulate(s, GRID) for s in systems]
    return [block_of("c", "train", "cheap", "exact", systems, range(24), truth)]


RECIPE = Recipe(epochs=25, batch_size=8, ema_decay=0.9, gradient_clip=1.0, warmup_steps=5)


class Stop(Exception):
    pass


def parameters(model: Line) -> torch.Tensor:
    return torch.cat([p.detach().ravel() for p in model.module.parameters()])


@pytest.mark.parametrize("at", [0.02, 0.5, 0.83, 0.99])
def test_a_stopped_training_ends_in_the_same_bits(blocks, tmp_path, at):
    calm = Line()
    train(calm, blocks, blocks, RECIPE, tmp_path / "calm")

    def stop(fraction, details):
        if fraction > at:
            raise Stop

    with pytest.raises(Stop):
        train(Line(), blocks, blocks, RECIPE, tmp_path / "stopped", report=stop)
    resumed = Line()
    outcome = train(resumed, blocks, blocks, RECIPE, tmp_path / "stopped")
    assert outcome.epochs_here == 25 - 10 * (int(at * 25) // 10)
    assert torch.equal(parameters(calm), parameters(resumed))
    assert (tmp_path / "calm/curve.csv").read_bytes() == (tmp_path / "stopped/curve.csv").read_bytes()
    last = [checkpoint_files(tmp_path / run / "checkpoints")[-1].read_bytes() for run in ("calm", "stopped")]
    assert last[0] == last[1]


def test_another_seed_gives_other_weights(blocks, tmp_path):
    # The control of the test above: order and dropout do depend on what they are said to depend on.
    first, second = Line(), Line()
    train(first, blocks, [], RECIPE, tmp_path / "a")
    train(second, blocks, [], Recipe(**{**RECIPE.as_dict(), "seed": 1}), tmp_path / "b")
    assert not torch.equal(parameters(first), parameters(second))


def test_the_last_three_checkpoints_stay_and_the_early_look_is_taken(blocks, tmp_path):
    seen: list[dict] = []
    train(
        Line(),
        blocks,
        blocks,
        Recipe(epochs=50, batch_size=8),
        tmp_path,
        report=lambda f, details: seen.append(details),
    )
    assert next(d["epoch"] for d in seen if "validation_mean" in d) == 2, "the first look comes after epoch 1"
    assert [p.stem for p in checkpoint_files(tmp_path / "checkpoints")] == [
        "epoch-000030",
        "epoch-000040",
        "epoch-000050",
    ]
    rows = list(csv.DictReader((tmp_path / "curve.csv").read_text().splitlines()))
    assert [int(r["epoch"]) for r in rows if r["validation_mean"]] == [1, 2, 5, 10, 20, 30, 40, 50]
    assert len(rows) == 50
    assert "size" in rows[0]
    assert (tmp_path / "curve.png").stat().st_size > 1000


def test_a_damaged_checkpoint_falls_back_to_the_one_before(blocks, tmp_path):
    calm, again = Line(), Line()
    train(calm, blocks, [], RECIPE, tmp_path)
    for path in checkpoint_files(tmp_path / "checkpoints")[-2:]:
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.warns(UserWarning, match="older checkpoint"):
        outcome = train(again, blocks, [], RECIPE, tmp_path)
    assert outcome.epochs_here == 15
    assert torch.equal(parameters(calm), parameters(again))


@pytest.mark.parametrize(
    ("change", "words"),
    [({"learning_rate": 2e-3}, "learning_rate"), ({"epochs": 26}, "epochs"), ({"seed": 9}, "seed")],
)
def test_checkpoints_of_another_training_are_refused_and_retained(blocks, tmp_path, change, words):
    train(Line(), blocks, [], RECIPE, tmp_path)
    before = {p: p.read_bytes() for p in checkpoint_files(tmp_path / "checkpoints")}
    with pytest.raises(InputError, match=words):
        train(Line(), blocks, [], Recipe(**{**RECIPE.as_dict(), **change}), tmp_path)
    with pytest.raises(InputError, match="blowup"):
        train(Line(2.0), blocks, [], RECIPE, tmp_path)
    with pytest.raises(InputError, match="data"):
        train(Line(), blocks, [], RECIPE, tmp_path, identity={"data": "other"})
    assert {p: p.read_bytes() for p in checkpoint_files(tmp_path / "checkpoints")} == before


def test_a_folder_in_use_is_refused(blocks, tmp_path):
    with lock(tmp_path), pytest.raises(InputError, match="in use by process"):
        train(Line(), blocks, [], RECIPE, tmp_path)


def test_a_diverging_training_stops_with_one_line(blocks, tmp_path):
    with pytest.raises(InputError, match="lower learning_rate"):
        train(Line(1e25), blocks, [], Recipe(epochs=3), tmp_path)


def test_unknown_devices_are_refused(blocks, tmp_path):
    with pytest.raises(InputError, match="'cpu'"):
        train(Line(), blocks, [], RECIPE, tmp_path, device="abacus")


def test_training_leaves_torch_as_it_was(blocks, tmp_path):
    model = Line()
    torch.manual_seed(5)
    before = torch.get_rng_state(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    train(model, blocks, [], Recipe(epochs=1, threads=1), tmp_path)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())


def test_the_schedule_is_a_warm_up_and_half_a_cosine():
    recipe = Recipe(learning_rate=1e-3, final_learning_rate=1e-5, warmup_steps=10)
    assert recipe.rate(0, 110) == pytest.approx(1e-4)
    assert recipe.rate(9, 110) == pytest.approx(1e-3)
    assert recipe.rate(60, 110) == pytest.approx((1e-3 + 1e-5) / 2)
    assert recipe.rate(110, 110) == pytest.approx(1e-5)


def test_shares_are_sampling_weights_whatever_the_counts():
    rng = np.random.default_rng(1)
    systems = [topology("chain", 2, rng) for _ in range(20)]
    truth = [simulate(s, GRID) for s in systems]
    blocks = [
        block_of("a", "train", "cheap", "exact", systems[:12], range(12), truth[:12]),
        block_of("b", "train", "expensive", "exact", systems[12:18], range(12, 18), truth[12:18]),
        block_of("c", "train", "spinach", "exact", systems[18:], range(18, 20), truth[18:]),
    ]
    weights = sampling_weights(blocks, {"cheap": 0.7, "expensive": 0.2, "spinach": 0.1})
    rows = epoch_rows(weights, 1000, rng)
    drawn = [np.mean(rows < 12), np.mean((rows >= 12) & (rows < 18)), np.mean(rows >= 18)]
    # Systematic sampling: each row comes within one of its share of 1000.
    np.testing.assert_allclose(drawn, [0.7, 0.2, 0.1], atol=12e-3)
    with pytest.raises(InputError, match="'spinach'"):
        sampling_weights(blocks, {"cheap": 0.7, "expensive": 0.3})
    with pytest.raises(InputError, match="no rows"):
        sampling_weights([], {})


def test_equal_rows_come_equally_often():
    rows = epoch_rows(np.full(7, 1 / 7), 30, np.random.default_rng(0))
    counts = np.bincount(rows, minlength=7)
    assert counts.sum() == 30
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 1.5}, "whole"),
        ({"speed": 1}, "'speed'"),
        ({"learning_rate": math.nan}, "learning_rate"),
        ({"ema_decay": 1.0}, "ema_decay"),
        ({"precision": "int8"}, "int8"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"shares": "all"}, "shares"),
        ({"deterministic": "no"}, "deterministic"),
    ],
)
def test_faults_of_a_recipe_are_named(values, words):
    with pytest.raises(InputError, match=words):
        Recipe.from_dict(values)


def test_checkpoints_hold_json_and_tensors_only(blocks, tmp_path):
    train(Line(), blocks, [], Recipe(epochs=10), tmp_path)
    (path,) = checkpoint_files(tmp_path / "checkpoints")
    raw = path.read_bytes()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    names = {name.split("/")[0] for name in header if name != "__metadata__"}
    assert names == {"module", "optimiser"}
    record = json.loads(json.loads(header["__metadata__"]["harness"])["record"])
    assert record["epoch"] == 10
    assert len(record["curve"]) == 10
