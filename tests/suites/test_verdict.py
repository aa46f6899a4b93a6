"""The small report of a failing test, and what travels from the process of the test to that of the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.report import Interval, Measurement, Target
from harness.suites.experiments.common import Claim
from harness.suites.running import record
from harness.suites.targets import Suite
from harness.suites.verdict import Verdict

TARGETS = {
    "error": Target("error", 1e-3, "<=", "1", "ours", "a reason"),
    "hope": Target("hope", 1e-6, "<=", "1", "asked", "a reason", "goal"),
}


@pytest.fixture
def verdict(tmp_path: Path) -> Verdict:
    return Verdict(Suite("toys", 1, TARGETS), "toys::test", "pytest toys", tmp_path)


def number(value: float | None, **fields) -> Measurement:
    return Measurement("error", "a", "toy", "truth", value, **fields)


def test_only_judged_numbers_are_counted(verdict: Verdict) -> None:
    """One of two numbers misses, and sixty that nobody judges do not make that one of sixty-two."""
    verdict.check(number(1e-4), "error")
    verdict.check(number(1.0), "error")
    for _ in range(60):
        verdict.info(number(1.0))
    assert verdict.report().splitlines()[0] == "1 of 2 judged numbers miss their targets"


def test_what_misses_what_is_too_wide_and_what_is_not_there_are_told_apart(verdict: Verdict) -> None:
    verdict.check(number(1.0), "error")
    verdict.check(number(1e-3, interval=Interval(1e-4, 1e-2, 0.95, "bootstrap")), "error")
    verdict.check(number(None, problem="raised"), "error")
    assert verdict.report().splitlines()[0] == (
        "1 of 3 judged numbers miss their targets, 1 of 3: interval too wide to decide, 1 of 3 could not be had"
    )
    assert len(verdict.unmet) == 3


def test_nothing_but_errors_is_an_error(verdict: Verdict) -> None:
    verdict.check(number(None, problem="raised"), "error")
    assert verdict.report().startswith("ERROR: 1 of 1 numbers could not be had")


def test_an_open_goal_fails_no_test(verdict: Verdict) -> None:
    verdict.check(number(1.0), "hope")
    assert verdict.checked[0].judgement.verdict == "open-goal"
    assert verdict.unmet == []
    verdict.control(number(1e-9), "hope")
    assert len(verdict.unmet) == 1, "a control that meets a goal is a control that does not miss"


def test_everything_recorded_travels_as_json(verdict: Verdict) -> None:
    one = number(1e-4, interval=Interval(1e-5, 1e-3, 0.95, "bootstrap"), cases=7, seeds={"draw": 3})
    verdict.check(one, "error")
    (row,) = json.loads(json.dumps(verdict.payload()))
    assert Measurement(**row["measurement"]) == one


def test_a_claim_is_judged_by_its_target_and_without_one_it_is_recorded(verdict: Verdict) -> None:
    record(verdict, [Claim(number(1.0), "error"), Claim(number(2.0))])
    record(verdict, [Claim(number(3.0), "error"), Claim(number(4.0))], control=True)
    told = [(c.measurement.value, c.target and c.target.name, c.expected, c.judgement.verdict) for c in verdict.checked]
    assert told == [
        (1.0, "error", "meet", "fail"), (2.0, None, "meet", "info"),
        (3.0, "error", "miss", "pass"), (4.0, None, "meet", "info"),
    ]  # fmt: skip
