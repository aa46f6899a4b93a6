"""The small report of a failing test, and what travels from the process of the test to that of the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.report import Interval, Measurement, Target
from harness.suites.asking import Claim
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


def test_what_misses_what_is_too_wide_and_what_is_not_there_are_distinguished(verdict: Verdict) -> None:
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
    stated = [
        (c.measurement.value, c.target and c.target.name, c.expected, c.judgement.verdict) for c in verdict.checked
    ]
    assert stated == [
        (1.0, "error", "meet", "fail"), (2.0, None, "meet", "info"),
        (3.0, "error", "miss", "pass"), (4.0, None, "meet", "info"),
    ]  # fmt: skip


def test_a_line_has_value_target_reason_and_worst_place(verdict: Verdict) -> None:
    missed = verdict.check(number(0.25, worst="t = 3 ms", note="a note"), "error")
    assert missed.line() == (
        "error = 0.25 of toy on a against truth; target ≤ 0.001 (ours: a reason)\n    a note\n    worst at t = 3 ms"
    )
    control = verdict.control(Measurement("error", "a", "toy", "", 1e-9), "error")
    assert control.line() == (
        "error = 1e-09 of toy on a; must miss ≤ 0.001 (ours: a reason)\n    must miss the target, but meets it"
    )
    silent = verdict.check(number(None, problem="raised"), "error")
    assert silent.line().startswith("error = no number of toy on a against truth; target")
    assert verdict.info(number(2.0, unit="Hz")).line() == "error = 2 Hz of toy on a against truth"


def test_the_report_of_a_test_is_what_misses_and_how_to_repeat_it(verdict: Verdict) -> None:
    verdict.check(number(1e-4), "error")
    missed = verdict.check(number(1.0), "error")
    verdict.check(number(1.0), "hope")
    assert verdict.report() == (
        f"1 of 3 judged numbers miss their targets\n  {missed.line()}\n  repeat: pytest toys"
    )


def test_a_test_that_broke_is_an_error_of_its_own(verdict: Verdict) -> None:
    broken = verdict.error("the test raised OSError")
    assert (broken.measurement.metric, broken.measurement.case) == ("test completes", "test")
    assert (broken.judgement.verdict, broken.judgement.message) == ("error", "the test raised OSError")
    assert verdict.unmet == [broken]


def test_arrays_are_retained_as_they_are_and_only_finite_ones(verdict: Verdict, tmp_path: Path) -> None:
    verdict.keep("a case", x=np.array([1.0, 2.0]), z=np.array([1j]), name=np.asarray("word"), nothing=None)
    with np.load(tmp_path / "data" / "toys" / "a case.npz") as retained:
        assert set(retained) == {"x", "z", "name"}
        np.testing.assert_array_equal(retained["x"], [1.0, 2.0])
        np.testing.assert_array_equal(retained["z"], [1j])
        assert str(retained["name"]) == "word"
    with pytest.raises(InputError, match="other: y"):
        verdict.keep("other", y=np.array([1.0, np.nan]))
    assert [path.name for path in (tmp_path / "data" / "toys").iterdir()] == ["a case.npz"]


def test_what_travels_names_the_target_and_the_test(verdict: Verdict) -> None:
    verdict.control(number(1.0), "error")
    verdict.info(number(2.0))
    one, two = verdict.payload()
    assert [one[key] for key in ("suite", "target", "expected", "test", "command")] == [
        "toys", "error", "miss", "toys::test", "pytest toys"
    ]  # fmt: skip
    assert (two["target"], two["expected"]) == (None, "meet")
