"""Every training that resumes: ended by SIGKILL behind its first checkpoint, taken up again, the same bytes.

``polynomials`` are a closed formula without checkpoints: a killed call leaves no file, and the next one begins anew.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo import EchoPlan
from harness.tasks.echo.curves import CurveSet, read_curves, write_curves
from harness.tasks.echo.forward.train import train_forward
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.point_networks import train_network
from harness.tasks.echo.inference.train import PosteriorRecipe, train_posterior
from harness.tasks.echo.recipe import CurveRecipe
from harness.tasks.echo.training import Report, silent

ROOT = Path(__file__).resolve().parents[3]
CURVES = CurveRecipe("few", 240, 41, side=4, plan=EchoPlan(delay=40.0))
HELD = CURVES.with_(name="few held", count=120, seed=42)
LOOP = Recipe(epochs=6, batch_size=40, learning_rate=1e-3, ema_decay=0.9, checkpoint_every=1, keep=1)
KINDS = {
    "posterior": "posterior.safetensors",
    "components": "forward-components.safetensors",
    "fno": "forward-fno.safetensors",
    "example": "point-example.safetensors",
    "convolutional": "point-convolutional.safetensors",
}
"""Kind of training: the file that it writes."""
PLACE = {"posterior": "p, network 1 of 1"}
"""What the report of a training calls the part in which the process is ended; else the kind itself."""


def trained(kind: str, sets: Path, out: Path, report: Report = silent) -> None:
    """Train one kind on the stored sets."""
    curves, held = (read_curves(sets / f"{name}.h5") for name in ("curves", "held"))
    if kind == "posterior":
        train_posterior(curves, held, out, PosteriorRecipe(LOOP, members=1, width=16, layers=1, components=2), report)
    elif kind in ("components", "fno"):
        train_forward(kind, curves, held, out, LOOP, report)
    else:
        train_network(kind, curves, held, out, LOOP, report)


def ended(kind: str, sets: Path, out: Path) -> None:
    """Train, and end this process by SIGKILL in the middle."""

    def kill(what: str, fraction: float, details: Any) -> None:
        if what == PLACE.get(kind, kind) and fraction > 0.5:
            os.kill(os.getpid(), signal.SIGKILL)

    trained(kind, sets, out, kill)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    for name, recipe in (("curves", CURVES), ("held", HELD)):
        made: CurveSet = computed(recipe, range(recipe.count))
        write_curves(folder / f"{name}.h5", made)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_killed_training_ends_in_the_same_bytes(kind: str, sets: Path, tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    code = f"from {__name__} import *; ended({kind!r}, Path({str(sets)!r}), Path({str(killed)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    checkpoints = list(killed.rglob("epoch-*.safetensors"))
    assert checkpoints
    assert not (killed / KINDS[kind]).exists()
    seen: list[tuple[str, float]] = []
    trained(kind, sets, killed, lambda what, fraction, details: seen.append((what, fraction)))
    # It is taken up where it was ended, and not begun anew.
    assert min(fraction for what, fraction in seen if what == PLACE.get(kind, kind)) > 0.3
    trained(kind, sets, whole)
    assert (killed / KINDS[kind]).read_bytes() == (whole / KINDS[kind]).read_bytes()
