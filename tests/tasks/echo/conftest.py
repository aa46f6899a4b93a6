"""Small sets of curves and a posterior that was trained on them, made once for all tests of the task."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.posterior import Posterior
from harness.tasks.echo.inference.train import train_posterior
from tests.tasks.echo.small import FRESH, HELD, QUICK, TRAINING


@pytest.fixture(scope="session")
def curves() -> CurveSet:
    return computed(TRAINING, range(700))


@pytest.fixture(scope="session")
def calibration() -> CurveSet:
    return computed(HELD, range(500))


@pytest.fixture(scope="session")
def fresh() -> CurveSet:
    return computed(FRESH, range(300))


@pytest.fixture(scope="session")
def run_folder(curves: CurveSet, calibration: CurveSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("posterior")
    train_posterior(curves, calibration, folder, QUICK)
    return folder


@pytest.fixture(scope="session")
def posterior(run_folder: Path) -> Posterior:
    from harness.tasks.echo.inference.posterior import load_posterior

    return load_posterior(run_folder / "posterior.safetensors")
