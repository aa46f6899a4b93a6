"""Small presets for every test of a job."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def preset(tmp_path) -> Callable[..., Path]:
    """Writes a small mix and preset into the test's folder and gives the preset's path."""
    write = runpy.run_path(str(Path(__file__).with_name("small.py")))["write"]
    return lambda **values: write(tmp_path, **values)
