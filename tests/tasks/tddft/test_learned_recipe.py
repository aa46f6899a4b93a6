"""The packaged networks are those that the documented commands make: data, stages, seeds."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")

from harness.cli import cli
from harness.tasks.tddft import dataset
from harness.tasks.tddft.dataset import DatasetPlan
from harness.tasks.tddft.models.learned import training
from harness.tasks.tddft.models.learned.data import FIELDS, TRAJECTORIES, plans
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS, file_of
from harness.tasks.tddft.models.learned.training import Preset, digest_of, preset_of

PAGE = (Path(__file__).parents[3] / "docs" / "tddft.md").read_text(encoding="utf-8")


def _commands(verb: str) -> list[list[str]]:
    """The documented commands of the section "The network" that begin with a verb."""
    section = PAGE.partition("### The network")[2].partition("\n### ")[0]
    return [shlex.split(one) for one in re.findall(rf"^    harness (tddft {verb} .*)$", section, re.M)]


def _planned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[DatasetPlan]:
    """What the documented commands would generate."""
    found: list[DatasetPlan] = []

    def generate(plan: DatasetPlan, folder: Path, report: Any) -> list[Path]:
        found.append(plan)
        return []

    monkeypatch.setattr(dataset, "generate", generate)
    monkeypatch.chdir(tmp_path)
    for command in _commands("dataset"):
        assert CliRunner().invoke(cli, command).exit_code == 0, command
    return found


def test_the_documented_data_are_those_of_the_recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    documented = _planned(monkeypatch, tmp_path)
    recipe = list(plans("h2").values())
    assert [one.fingerprint for one in documented] == [one.fingerprint for one in recipe]
    assert [one.population.draw(3, one.seed) for one in documented] == [one.population.draw(3, 0) for one in recipe]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_packaged_records_state_this_recipe(head: str, seed: int) -> None:
    record = json.loads(file_of(head, seed).with_suffix(".json").read_text())
    preset = preset_of(head, seed)
    stages = [list(astuple(stage)) for stage in preset.stages]
    assert (record["stages"], record["settings"], record["seed"]) == (stages, preset.settings.as_dict(), seed)
    assert record["trajectories"] == TRAJECTORIES * len(FIELDS)
    drawn = [(one, plan.population.grid) for plan in plans("h2").values()
             for one in plan.population.draw(plan.count, plan.seed)]  # fmt: skip
    assert record["systems_sha256"] == digest_of(drawn)
    assert digest_of(drawn[1:]) != digest_of(drawn)


def test_the_documented_training_has_the_packaged_stages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No option of the documented commands replaces a default; the seeds are those of the package."""
    begun: list[Preset] = []

    def train(preset: Preset, data: Any, folder: Path, report: Any) -> Path:
        begun.append(preset)
        raise InterruptedError

    monkeypatch.setattr(training, "train_propagator", train)
    monkeypatch.setattr(dataset, "trajectories", lambda folder: iter(()))
    monkeypatch.chdir(tmp_path)
    for command in _commands("train"):
        CliRunner().invoke(cli, command)
    assert {one.settings.head for one in begun} == set(HEADS)
    assert all(one == preset_of(one.settings.head, one.seed) and one.seed in SEEDS for one in begun)


def test_the_horizon_grows_from_stage_to_stage() -> None:
    """The curriculum begins with the interaction alone, and ends with everything on whole trajectories."""
    steps = [stage.steps for stage in preset_of("generator", 0).stages]
    linear = [stage.linear for stage in preset_of("generator", 0).stages]
    assert (linear, linear[0], linear[-1]) == (sorted(linear, reverse=True), True, False)
    assert steps == sorted(set(steps))
    assert len(steps) > 1
    assert steps[-1] == next(iter(plans("h2").values())).population.grid.points - 1
    assert preset_of("generator", 0).stages == preset_of("density", 0).stages
