"""Weights of the package can be made again: the recipe that they store is that of the command with its defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from harness.tasks.echo.cli.train import command
from harness.tasks.echo.curves import CurveSet, write_curves
from harness.tasks.echo.forward import train as forward
from harness.tasks.echo.forward.surrogate import packaged_forward
from harness.tasks.echo.inference import train as inference
from harness.tasks.echo.inference.posterior import packaged_posterior
from harness.tasks.echo.recipe import named_recipe

POSTERIORS = {"power": ("challenge-32000", "calibration-6000"), "gauss": ("gauss", "gauss-calibration")}
FORWARD = ("components", "polynomials", "fno")


class Caught(Exception):
    """The recipe with which a training was called."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        super().__init__()
        self.recipe = recipe


@pytest.fixture
def curves(tmp_path: Path) -> Path:
    recipe = named_recipe("challenge")
    path = tmp_path / "curves.h5"
    write_curves(path, CurveSet(np.zeros((1, 471), np.complex64), recipe.labels(0)[None], recipe.as_dict()))
    return path


def recipe_of_command(model: str, curves: Path) -> Mapping[str, Any]:
    """What the command with its defaults hands to the training."""
    sets = ("--data", str(curves), "--calibration", str(curves), "--out", str(curves.parent / "run"))
    result = CliRunner().invoke(command, [model, *sets])
    assert isinstance(result.exception, Caught), result.output
    return json.loads(json.dumps(result.exception.recipe))


@pytest.mark.parametrize("kernel", POSTERIORS)
def test_posterior(kernel: str, curves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def caught(*arguments: Any) -> None:
        raise Caught(asdict(arguments[3]))

    monkeypatch.setattr(inference, "train_posterior", caught)
    record = packaged_posterior(kernel).record
    assert record["training"] == recipe_of_command("posterior", curves)
    made_of = tuple(record[part]["name"] for part in ("curves", "calibration"))
    assert made_of == POSTERIORS[kernel]


@pytest.mark.parametrize("kind", FORWARD)
def test_forward(kind: str, curves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def caught(*arguments: Any) -> None:
        raise Caught({} if arguments[4] is None else arguments[4].as_dict())

    monkeypatch.setattr(forward, "train_forward", caught)
    record = packaged_forward(kind).record
    assert record["training"] == recipe_of_command(kind, curves)
    assert [record[part]["name"] for part in ("curves", "calibration")] == ["challenge-32000", "calibration-6000"]


@pytest.mark.parametrize("kernel", POSTERIORS)
def test_sets_are_those_of_their_names(kernel: str) -> None:
    record = packaged_posterior(kernel).record
    for part in ("curves", "calibration"):
        assert record[part] == json.loads(json.dumps(named_recipe(record[part]["name"]).as_dict()))
