"""The pytest plugin that replays finished tests: on three plain tests in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import os
from pathlib import Path

def note(name):
    with open("ran.txt", "a") as file:
        file.write(name + " ")

def test_one():
    note("one")

def test_two():
    note("two")
    assert False, "a failure is replayed as a failure"

def test_three():
    note("three")
    if Path("die").exists():
        os.kill(os.getpid(), 9)

def test_four():
    note("four")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_plain.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "die").write_text("")
    return tmp_path


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    plain = ["-p", "no:cacheprovider", "-p", "harness.nightly.resume", "--resume-from", "journal", *more]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_plain.py", *plain],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def ran(folder: Path) -> str:
    found = (folder / "ran.txt").read_text().strip()
    (folder / "ran.txt").unlink()
    return found


def test_only_what_had_not_finished_runs(folder: Path) -> None:
    assert run(folder).returncode == -9
    assert ran(folder) == "one two three"
    (folder / "die").unlink()
    second = run(folder)
    assert ran(folder) == "three four"
    assert second.returncode == 1, "the failure before the kill counts"
    assert "1 failed, 3 passed" in second.stdout
    assert "a failure is replayed as a failure" in second.stdout


def test_other_options_begin_anew(folder: Path) -> None:
    run(folder)
    ran(folder)
    (folder / "die").unlink()
    run(folder, "--tb=short")
    assert ran(folder) == "one two three four"


def test_other_code_begins_anew(folder: Path) -> None:
    run(folder)
    ran(folder)
    (folder / "die").unlink()
    head = folder / "journal" / "head.json"
    head.write_text(head.read_text().replace('"code": "', '"code": "0'))
    run(folder)
    assert ran(folder) == "one two three four"


def test_half_a_line_is_no_test(folder: Path) -> None:
    run(folder)
    ran(folder)
    (folder / "die").unlink()
    journal = folder / "journal" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    run(folder)
    assert ran(folder) == "two three four"
