"""Numbers are taken up only where everything that made them is the same to the byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness.durable import write_json
from harness.nightly import NightlyOptions
from harness.nightly.made_of import changed, code_files, made_of
from harness.nightly.run import ENDED, _forget_other_suites, exit_status
from harness.nightly.state import State
from harness.task import task_named
from tests.plugin.running import environment

RIGHT = """
from harness.tasks.spins.references import reference

def subject(system, grid):
    return reference("exact").simulate(system, grid)
"""
ZEROS = """
import numpy as np

def subject(system, grid):
    return np.zeros((3, grid.points))
"""
SUITE = """
import os
from pathlib import Path

from harness import SpinSystem, TimeGrid
from harness.report.records import Measurement

SUITE = "spinach"

def check(subject, verdict, case):
    answer = subject.answer(SpinSystem([10.0, -5.0], [[0, 7.0], [7.0, 0]]), TimeGrid(4, 1e-4))
    verdict.check(Measurement("RMSE of M", case, "s", "r", abs(answer.trajectory.mx[0] - 1)), "chain_rmse")

def test_one(subject, verdict):
    check(subject, verdict, "one")

def test_two(subject, verdict):
    check(subject, verdict, "two")
    if Path("die").exists():
        os.kill(os.getpid(), 9)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine_to_judge.py").write_text(RIGHT)
    (tmp_path / "weights.npy").write_bytes(b"1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_same_twice(folder: Path) -> None:
    assert changed(made_of("mine_to_judge:subject"), made_of("mine_to_judge:subject")) == ""


def test_whatever_made_the_numbers_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = "mine_to_judge:subject"
    before = made_of(spec)
    (folder / "weights.npy").write_bytes(b"2")
    assert changed(before, made_of(spec)) == "subject", "weights beside the module"
    before = made_of(spec)
    (folder / "mine_to_judge.py").write_text(ZEROS)
    assert changed(before, made_of(spec)) == "subject"
    before = made_of(spec)
    monkeypatch.setenv("HARNESS_MEASURED", str(folder))
    assert changed(before, made_of(spec)) == "settings"
    cache = folder / "cache"
    cache.mkdir()
    monkeypatch.setenv("HARNESS_CACHE", str(cache))
    before = made_of(spec)
    (cache / "new.h5").write_bytes(b"")
    assert changed(before, made_of(spec)) == "cache"


@pytest.mark.parametrize("name", ["spins", "kstep"])
def test_the_code_is_that_of_all_tasks_and_of_the_task_that_runs(name: str) -> None:
    task = task_named(name)
    files = code_files(task.folder)
    assert task.folder / "task.py" in files
    assert Path(harness.__file__).parent / "suites" / "session.py" in files
    tasks = task.folder.parent
    assert {path.relative_to(tasks).parts[0] for path in files if path.is_relative_to(tasks)} == {name}
    assert ("shared files" in made_of("exact", task)) == (name == "spins"), "molecules and m-files are those of spins"


@pytest.mark.parametrize(
    ("spec", "file"),
    [("./program", "program"), ("fno@weights", "weights/fno-4.safetensors"), ("package.part:net", "package/part.py")],
)
def test_every_kind_of_subject_is_known_by_its_bytes(folder: Path, spec: str, file: str) -> None:
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    (folder / "package").mkdir(exist_ok=True)
    (folder / "package" / "__init__.py").touch()
    path.write_bytes(b"before")
    before = made_of(spec)
    path.write_bytes(b"after")
    assert changed(before, made_of(spec)) == "subject"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    shutil.rmtree(folder / "run", ignore_errors=True)
    given = ["--validate-against", "exact", "--subject", "mine_to_judge:subject", "--report-dir", "run"]
    resume = ["-p", "no:cacheprovider", "-p", "harness.nightly.resume", "--resume-from", "journal"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "test_short.py", *resume, *given, "--fresh-seed", "1"],
        cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_numbers_of_another_subject_are_not_replayed(folder: Path) -> None:
    """The file is rewritten between a kill and the next attempt: a subject of zeros passes nothing."""
    (folder / "test_short.py").write_text(SUITE)
    (folder / "die").touch()
    assert run(folder).returncode == -9
    (folder / "die").unlink()
    (folder / "mine_to_judge.py").write_text(ZEROS)
    done = run(folder)
    assert done.returncode == 1, done.stdout
    assert "2 of 2 judged numbers miss their targets" in done.stdout


def test_suites_that_judged_another_subject_are_run_again(folder: Path) -> None:
    """The kill came after the suites and before the report."""
    options = NightlyOptions(subject="mine_to_judge:subject")
    state = State("a-run", options.as_dict(), 1, ["data", "training", "suites"])
    write_json(folder / "a-run" / ENDED, {"status": 0, "made_of": made_of("mine_to_judge:subject")})
    _forget_other_suites(state, options, folder)
    assert state.phase == "report"
    (folder / "mine_to_judge.py").write_text(ZEROS)
    _forget_other_suites(state, options, folder)
    assert state.phase == "suites"


@pytest.mark.parametrize(
    ("verdict", "pytest_status", "status"),
    [
        ("pass", 0, 0), ("pass", 1, 1), ("pass", 6, 6), ("fail", 1, 1), ("fail", 6, 1), ("incomplete", 6, 6),
        ("incomplete", 0, 6), ("who knows", 0, 2), ("", 0, 2), ("PASS", 0, 2), ("pass", 2, 2),
    ],
)  # fmt: skip
def test_no_verdict_but_pass_is_a_success(verdict: str, pytest_status: int, status: int) -> None:
    assert exit_status(verdict, pytest_status) == status
