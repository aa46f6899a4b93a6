"""What every test shares: one thread, no cache of the user's own, and honest reasons to skip."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


TEST_EXTRA = ("hypothesis", "jaxtyping", "beartype", "xdist", "pytest_timeout")


def pytest_configure() -> None:
    """One line instead of an import error per file where the test extras are not installed."""
    missing = [name for name in TEST_EXTRA if find_spec(name) is None]
    if missing:
        raise pytest.UsageError(
            f"the tests need {', '.join(missing)}, which 'make validate' does not install: run 'make test', or "
            "pip install -e '.[test]' and pytest again"
        )


def _lacking(marker: str) -> str | None:
    """Why tests with this marker cannot run here, or None if they can."""
    if marker in ("octave", "spinach") and not shutil.which("octave-cli"):
        return "octave-cli is not installed"
    if marker == "spinach":
        root = os.environ.get("SPINACH_ROOT")
        if not root:
            return "SPINACH_ROOT is not set: no live Spinach here"
        if not (Path(root) / "kernel" / "create.m").is_file():
            return f"SPINACH_ROOT={root} holds no kernel/create.m"
    if marker == "matlab" and not shutil.which("matlab"):
        return "no MATLAB on this machine"
    if marker == "browser" and not (shutil.which("chromium") and shutil.which("chromedriver")):
        return "chromium or chromedriver is not installed"
    if marker == "measured" and not os.environ.get("HARNESS_MEASURED"):
        return "HARNESS_MEASURED does not point to the measured FIDs"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in ("octave", "spinach", "matlab", "browser", "measured"):
            if item.get_closest_marker(marker) and (reason := _lacking(marker)):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _no_user_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A user's own cache must not colour the tests."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path_factory.getbasetemp() / "no-cache-here"))


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in front of everything that this process and its children import."""
    folder = tmp_path / "first"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(Path(__file__).parents[1])]))
    return folder
