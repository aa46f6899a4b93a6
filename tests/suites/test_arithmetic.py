"""The comparison of arithmetic paths sees a verdict that differs, a number that is missing, and one near its target."""

from __future__ import annotations

import pytest

from harness.report.records import Context, Measurement, Record, Target, judge
from tests.suites.arithmetic import faults

TARGET = Target("t", 1.0, "<=", "1", "ours", "a reason")
CONTEXT = Context("run", "2026-01-01T00:00:00Z", "pytest", {}, {}, "", None, {})
KEY = ("suite", "m", "c", "s", "t", "meet")


def record(value: float) -> Record:
    measured = Measurement("m", "c", "s", "r", value)
    return Record("r1", "suite", 1, measured, TARGET, "meet", judge(measured, TARGET), "t", "c", "now", CONTEXT)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0.5, 0.5), ""),
        ((0.5, 0.5 + 1e-9), ""),
        ((0.99999, 1.00001), "verdicts"),
        ((0.90, 0.92), "spreads from its target"),
    ],
)
def test_what_differs_is_reported(values: tuple[float, float], words: str) -> None:
    stated, _ = faults([{KEY: record(value)} for value in values])
    assert any(words in line for line in stated) if words else stated == []


def test_a_number_that_one_path_lacks_is_reported() -> None:
    stated, _ = faults([{KEY: record(0.5)}, {}])
    assert stated == [f"{KEY}: judged in 1 of 2 runs"]
