"""Spinach's own regression tests, run by Octave under our compatibility functions, each with its cause if it fails."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.spinach import SpinachCopy

TEST_LIMIT_S = 300.0


@dataclass(frozen=True)
class TestOutcome:
    """One test of Spinach: passed, or what stopped it: message and call stack ("file:line", innermost first)."""

    __test__ = False

    number: int
    name: str
    passed: bool
    seconds: float
    stack: tuple[str, ...] = ()
    cause: str = ""

    @property
    def place(self) -> str:
        """File and line of the error."""
        return self.stack[0] if self.stack else ""

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the files in the call stack: the functions in which the test stopped."""
        return tuple(Path(frame.rpartition(":")[0]).stem for frame in self.stack)


def run_spinach_tests(copy: SpinachCopy, octave: OctaveBatch, limit_s: float = 1800.0) -> list[TestOutcome]:
    """Run all of them, in order.

    If a test ends Octave or hangs, only this test is lost: a new process continues with the next test. Folders that the
    tests leave in Spinach's scratch/ are removed.

    Raises
    ------
    EngineFault
        If this copy of Spinach has no tests, or Octave does not run.
    """
    if not (copy.root / "tests" / "lib" / "test_manifest.m").is_file():
        raise EngineFault(f"{copy.root} has no tests/lib/test_manifest.m: this release of Spinach has no such tests")
    scratch = copy.root / "scratch"
    before = _job_folders(scratch)
    outcomes: list[TestOutcome] = []
    deadline = time.monotonic() + limit_s
    try:
        with tempfile.TemporaryDirectory(prefix="spin-harness-") as folder:
            report = Path(folder) / "report.txt"
            first, started = 1, ""
            while True:
                left = deadline - time.monotonic()
                done = octave.run_main(
                    "harness_kernel_tests_main.m",
                    {
                        "HARNESS_SPINACH_ROOT": str(copy.root),
                        "HARNESS_FIRST": str(first),
                        "HARNESS_RESULT": str(report),
                    },
                    min(TEST_LIMIT_S, max(left, 1.0)),
                )
                outcomes, open_test = read_report(report)
                if open_test is None or left <= 0:
                    if not outcomes and done.status != 0:
                        raise EngineFault(f"Octave ended early ({done.ending}): {done.last_message}")
                    return outcomes
                number, name = open_test
                ending = f"no end within {TEST_LIMIT_S:g} s" if done.timed_out else f"it ended Octave ({done.ending})"
                started = f"{number}\t{name}\tFAIL\t0\t\t{ending}\n"
                with report.open("a", encoding="utf-8") as handle:
                    handle.write(started)
                first = number + 1
    finally:
        for leftover in _job_folders(scratch) - before:
            shutil.rmtree(leftover, ignore_errors=True)


def read_report(report: Path) -> tuple[list[TestOutcome], tuple[int, str] | None]:
    """Finished tests of a report, and number and name of one that started and did not finish."""
    finished: dict[int, TestOutcome] = {}
    started: dict[int, str] = {}
    if report.exists():
        for line in report.read_text(encoding="utf-8", errors="replace").splitlines():
            number, name, status, seconds, place, cause = (line.split("\t", 5) + [""] * 6)[:6]
            if status == "START":
                started[int(number)] = name
            else:
                finished[int(number)] = TestOutcome(
                    int(number), name, status == "PASS", float(seconds), _frames(place), _first_sentence(cause)
                )
    open_tests = [(number, name) for number, name in started.items() if number not in finished]
    return [finished[number] for number in sorted(finished)], (open_tests[-1] if open_tests else None)


def _frames(place: str) -> tuple[str, ...]:
    return tuple(frame for frame in place.split(" < ") if frame)


def _first_sentence(cause: str) -> str:
    """Octave adds advice on where to find packages; the cause comes before it."""
    for advice in (" The '", " Please read"):
        cause = cause.split(advice, 1)[0]
    return cause.strip()


def _job_folders(scratch: Path) -> set[str]:
    if not scratch.is_dir():
        return set()
    return {os.path.join(scratch, name) for name in os.listdir(scratch) if name.startswith("spinach_job_")}
