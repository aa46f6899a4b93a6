"""What ``make validate`` says at its end, with a stand-in for pytest that ends as it is told."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


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
    done = subprocess.run(["make", "validate", "VENV=venv"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode != 0) == (status != 0)
    assert f"Error {status}" in done.stderr or status == 0
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("The run is complete; exit status 1 means that targets were missed") == complete
