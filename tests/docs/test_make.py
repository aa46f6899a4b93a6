"""The first steps: what ``make validate`` says at its end, and ``pytest`` before ``make test``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    ("status", "writes", "complete"),
    [(0, True, False), (1, True, True), (1, False, False), (2, True, False), (4, False, False)],
)
def test_missed_targets_are_told_from_a_broken_run(tmp_path: Path, status: int, writes: bool, complete: bool) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    program = tmp_path / "venv" / "bin" / "pytest"
    program.parent.mkdir(parents=True)
    report = "mkdir -p reports/new; echo page > reports/new/report.html" if writes else "true"
    program.write_text(f"#!/bin/sh\n{report}\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)
    (program.parent / "pip").touch()
    old = tmp_path / "reports" / "old" / "report.html"
    old.parent.mkdir(parents=True)
    old.touch()
    (tmp_path / "venv" / ".ready").touch()
    # These tests are run by make themselves: the inner one must not take itself for a part of it.
    outside = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        ["make", "validate", "VENV=venv"], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=outside
    )
    assert (done.returncode != 0) == (status != 0)
    assert f"Error {status}" in done.stderr or status == 0
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("The run is complete; exit status 1 means that targets were missed") == complete


def collected(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """``pytest --collect-only`` in the root of the checkout, in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments], cwd=ROOT, capture_output=True, text=True,
        env={**kept, "PYTHONPATH": os.pathsep.join([path, str(ROOT)])}, timeout=120,
    )  # fmt: skip


def test_marks_are_known_without_the_plugins_that_have_them() -> None:
    done = collected("-p", "no:xdist", "tests/plugin/test_run.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pytest_without_the_test_extras_says_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "hide.py").write_text(
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "def find_spec(name, package=None):\n"
        "    return None if name in ('hypothesis', 'xdist') else real(name, package)\n"
        "importlib.util.find_spec = find_spec\n",
        encoding="utf-8",
    )
    done = collected("-p", "hide", path=str(tmp_path))
    assert done.returncode == 4
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert said == [
        "ERROR: the tests need hypothesis, xdist, which 'make validate' does not install: run 'make test', or "
        "pip install -e '.[test]' and pytest again"
    ]
