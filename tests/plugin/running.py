"""pytest in a process of its own, on a suite of a few lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.report import Report, read_records

REPO = Path(__file__).resolve().parents[2]
MINI = '''
import pathlib
import time
import pytest
from harness.report.records import Measurement

SUITE = "spinach"

def number(value, case="a", **more):
    return Measurement("RMSE of M", case, "s", "r", value, **more)

def test_good(verdict):
    verdict.check(number(1e-3), "chain_rmse")
    verdict.info(number(3.0))

def test_bad(verdict):
    verdict.check(number(5e-3, "b", worst="t = 7 ms"), "chain_rmse")
    verdict.check(number(1e-3, "c"), "chain_rmse")
    verdict.check(number(None, "d", problem="raised ValueError: no luck"), "chain_rmse")

def test_control(verdict):
    verdict.control(number(0.5, "e"), "chain_rmse")

def test_broken(verdict):
    verdict.check(number(1e-3, "f"), "chain_rmse")
    raise RuntimeError("a fault of the suite")

@pytest.mark.tier("nightly")
def test_later(verdict):
    verdict.check(number(1e-3, "g"), "chain_rmse")

def test_slow(verdict):
    verdict.check(number(1e-3, "h"), "chain_rmse")
    pathlib.Path("slow.began").touch()
    time.sleep(60)
'''


@dataclass(frozen=True)
class Ran:
    """What a pytest run said and left behind."""

    status: int
    out: str
    folder: Path

    @property
    def report(self) -> Report:
        """Its records."""
        return read_records(self.folder / "records.json")

    @property
    def last_line(self) -> str:
        """The last line that is not empty."""
        return self.out.strip().splitlines()[-1]


def command(folder: Path, *arguments: str) -> list[str]:
    """A command line for a run in ``folder`` with its report in ``folder/run``."""
    quick = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    return [sys.executable, "-m", "pytest", *quick, "--report-dir", str(folder / "run"), *arguments]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """No Spinach, no cache of the user's own, one thread, and nothing of the outer pytest run."""
    retained = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST") and k != "SPINACH_ROOT"}
    added = {"HARNESS_CACHE": str(folder / "no-cache"), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPO)}
    return retained | added | {"COLUMNS": "200"} | variables


def run(folder: Path, *arguments: str, cwd: Path | None = None, **variables: str) -> Ran:
    """Run pytest to its end."""
    done = subprocess.run(
        command(folder, *arguments), cwd=cwd or folder, env=environment(folder, **variables),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return Ran(done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr), folder / "run")


def mini(folder: Path, *arguments: str, **variables: str) -> Ran:
    """The suite of a few lines, against exact, with exact as the subject."""
    (folder / "test_mini.py").write_text(MINI, encoding="utf-8")
    given = ["test_mini.py", "--validate-against", "exact", "--subject", "exact"]
    return run(folder, *given, *arguments, **variables)
