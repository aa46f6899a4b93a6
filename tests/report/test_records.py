"""Judging: every comparison both ways, controls, and what has no number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report import Interval, Measurement, Target, judge


def measured(value: float | None, **fields: object) -> Measurement:
    return Measurement("m", "c", "s", "r", value, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comparison", "value", "good", "bad"),
    [
        ("<=", 1.0, 1.0, 1.0000001),
        ("<", 1.0, 0.9999999, 1.0),
        (">=", 1.0, 1.0, 0.9999999),
        (">", 1.0, 1.0000001, 1.0),
        ("between", (0.9, 1.1), 0.9, 1.1000001),
    ],
)
def test_every_comparison_passes_and_fails(comparison, value, good: float, bad: float) -> None:
    target = Target("t", value, comparison, "1", "ours", "why")
    assert judge(measured(good), target).verdict == "pass"
    assert judge(measured(bad), target).verdict == "fail"
    assert judge(measured(good), target, "miss").verdict == "fail"
    assert judge(measured(bad), target, "miss").verdict == "pass"


LIMIT = Target("t", 1.0, "<=", "1", "ours", "why")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("expected", ["meet", "miss"])
def test_not_finite_is_an_error_for_subjects_and_for_controls(value: float, expected) -> None:
    judged = judge(measured(value), LIMIT, expected)
    assert judged.verdict == "error"
    assert "not a finite number" in judged.message


def test_a_problem_is_an_error_even_for_a_control() -> None:
    assert judge(measured(None, problem="raised ValueError"), LIMIT, "miss").verdict == "error"
    assert judge(measured(None), LIMIT).verdict == "error"


def test_what_is_not_determined_is_never_passed() -> None:
    assert judge(measured(None, determined=False), LIMIT).verdict == "not-determined"
    assert judge(measured(0.0, determined=False), LIMIT).verdict == "not-determined"
    assert judge(measured(None, determined=False), LIMIT).message == "the subject's outputs do not determine this"
    assert judge(measured(None, determined=False, note="no trace"), LIMIT).message == "no trace"


def test_units_must_agree() -> None:
    judged = judge(measured(0.1, unit="Hz"), LIMIT)
    assert judged.verdict == "error"
    assert "'Hz'" in judged.message


def test_without_target_it_is_information() -> None:
    assert judge(measured(3.0)).verdict == "info"


@given(st.floats(0, 1e6), st.floats(1e-6, 1e6), st.sampled_from(["<=", ">="]))
def test_severity_is_above_one_exactly_where_the_target_is_missed(value: float, limit: float, comparison) -> None:
    from tests.report.making import record

    made = record(value=value, target=Target("t", limit, comparison, "1", "ours", "why"))
    if not math.isclose(value, limit):
        assert (made.severity > 1) == (made.verdict == "fail")


def test_measurements_are_frozen_and_their_mappings_too() -> None:
    one = measured(1.0, seeds={"a": 1})
    with pytest.raises(AttributeError):
        one.value = 2.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        one.seeds["a"] = 2  # type: ignore[index]


RANGE = Target("t", (0.9, 1.1), "between", "1", "ours", "why")
GOAL = Target("t", 1.0, "<=", "1", "asked", "why", "goal")


def within(low: float, high: float, **fields: object) -> Measurement:
    return measured((low + high) / 2, interval=Interval(low, high, 0.95, "bootstrap"), cases=9, **fields)


@pytest.mark.parametrize(
    ("target", "low", "high", "verdict", "control"),
    [
        (LIMIT, 0.2, 1.0, "pass", "fail"),
        (LIMIT, 0.2, 1.01, "too-few-cases", "too-few-cases"),
        (LIMIT, 0.99, 7.0, "too-few-cases", "too-few-cases"),
        (LIMIT, 1.01, 7.0, "fail", "pass"),
        (RANGE, 0.9, 1.1, "pass", "fail"),
        (RANGE, 0.89, 1.1, "too-few-cases", "too-few-cases"),
        (RANGE, 0.8, 1.2, "too-few-cases", "too-few-cases"),
        (RANGE, 0.5, 0.89, "fail", "pass"),
        (RANGE, 1.11, 2.0, "fail", "pass"),
        (GOAL, 0.2, 1.0, "pass", "fail"),
        (GOAL, 0.2, 1.01, "open-goal", "too-few-cases"),
        (GOAL, 1.01, 7.0, "open-goal", "pass"),
    ],
)
def test_a_statistic_is_judged_with_its_whole_interval(target: Target, low, high, verdict: str, control: str) -> None:
    assert judge(within(low, high), target).verdict == verdict
    assert judge(within(low, high), target, "miss").verdict == control


def test_an_interval_that_is_too_wide_is_stated_and_fails_the_run() -> None:
    from tests.report.making import record

    judged = judge(within(0.2, 1.4), LIMIT)
    assert judged.message == "interval too wide to decide: 95 % interval 0.2 … 1.4 (bootstrap)"
    assert record(value=0.8, target=LIMIT, interval=Interval(0.2, 1.4, 0.95, "bootstrap")).unmet


def test_a_goal_never_fails_a_run_and_a_control_of_a_goal_does() -> None:
    from tests.report.making import record

    missed = record(value=2.0, target=GOAL)
    assert (missed.verdict, missed.unmet, missed.is_goal) == ("open-goal", False, True)
    assert missed.severity == 2.0, "its distance is told"
    astray = record(value=0.5, target=GOAL, expected="miss")
    assert (astray.verdict, astray.unmet, astray.is_goal) == ("fail", True, False)
    assert judge(measured(None, problem="raised"), GOAL).verdict == "error"


def test_what_is_no_interval_is_refused() -> None:
    for low, high, confidence in ((1.0, 0.5, 0.95), (0.0, 1.0, 1.0), (math.nan, 1.0, 0.95)):
        with pytest.raises(ValueError, match="not an interval"):
            Interval(low, high, confidence, "bootstrap")


def test_a_measurement_travels_as_plain_values() -> None:
    import json

    one = within(0.2, 0.4, seeds={"a": 1}, subject_provenance={"kind": "toy"})
    assert Measurement(**json.loads(json.dumps(one.as_plain()))) == one
    assert Measurement(**measured(1.0).as_plain()) == measured(1.0)


@pytest.mark.parametrize(
    ("target", "value", "side"),
    [(LIMIT, 2.0, "high"), (LIMIT, 0.5, ""), (RANGE, 0.8, "low"), (RANGE, 1.2, "high"),
     (Target("t", 1.0, ">", "1", "ours", "why"), 1.0, "low")],
)  # fmt: skip
def test_the_side_on_which_a_target_is_missed(target: Target, value: float, side: str) -> None:
    assert target.side_missed(value) == side


BELOW = Target("t", 1.0, "<", "1", "ours", "why")
ABOVE = Target("t", 2.0, ">=", "1", "ours", "why")
NARROW = Target("t", (0.9, 0.95), "between", "1", "ours", "why")


@pytest.mark.parametrize(
    ("verdict", "fields", "role"),
    [
        ("pass", {}, "target"),
        ("fail", {"value": 2.0}, "target"),
        ("open-goal", {"value": 2.0, "target": GOAL}, "target"),
        ("too-few-cases", {"interval": Interval(1e-4, 1e-2, 0.95, "bootstrap")}, "target"),
        ("not-determined", {"determined": False}, "target"),
        ("error", {"problem": "raised"}, "target"),
        ("info", {"target": None}, "info"),
        ("pass", {"value": 2.0, "expected": "miss"}, "control"),
        ("fail", {"expected": "miss"}, "control"),
        ("error", {"problem": "raised", "expected": "miss"}, "control"),
    ],
)
def test_the_role_of_every_verdict(verdict: str, fields: dict, role: str) -> None:
    """Nothing that was laid beside a target, or should have been, is mere information."""
    from tests.report.making import record

    made = record(**fields)
    assert (made.verdict, made.role) == (verdict, role)
    assert made.unmet == (verdict in ("fail", "too-few-cases", "error"))


@pytest.mark.parametrize(
    ("value", "target", "severity"),
    [
        (3.0, LIMIT, 3.0), (0.25, BELOW, 0.25), (-3.0, LIMIT, 0.0), (0.5, ABOVE, 4.0), (8.0, ABOVE, 0.25),
        (0.0, ABOVE, math.inf), (-1.0, ABOVE, math.inf), (1.1, RANGE, 1.0), (0.7, RANGE, 3.0), (1.0, RANGE, 0.0),
        (0.975, NARROW, 2.0), (7.0, None, 0.0), (1.0, Target("t", 0.0, "<=", "1", "ours", "why"), math.inf),
        (0.0, Target("t", 0.0, "<=", "1", "ours", "why"), 0.0),
    ],
)  # fmt: skip
def test_the_severity_is_how_many_times_past_its_target_a_value_is(value: float, target, severity: float) -> None:
    from tests.report.making import record

    assert record(value=value, target=target).severity == pytest.approx(severity, abs=1e-12)


def test_the_severity_of_what_has_no_number() -> None:
    from tests.report.making import record

    assert record(value=None, problem="raised").severity == math.inf
    assert record(value=5.0, determined=False).severity == 0.0


def test_only_a_target_of_the_subject_is_a_goal() -> None:
    from tests.report.making import record

    assert record(value=0.5, target=GOAL).is_goal
    assert not record(value=0.5).is_goal
    assert not record(target=None).is_goal
    assert not record(value=2.0, target=GOAL, expected="miss").is_goal


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (LIMIT, "≤ 1"), (BELOW, "< 1"), (ABOVE, "≥ 2"), (RANGE, "0.9 … 1.1"),
        (Target("t", 0.05, ">", "Hz", "ours", "why"), "> 0.05 Hz"),
        (Target("t", (0.5, 2.0), "between", "s", "ours", "why"), "0.5 … 2 s"),
    ],
)  # fmt: skip
def test_a_target_in_words(target: Target, words: str) -> None:
    assert str(target) == words


def test_a_range_without_both_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="'between' needs a pair of values, not 1"):
        Target("t", 1.0, "between", "1", "ours", "why").met_by(1.0)


@pytest.mark.parametrize("value", [0.9, 0.90001, 1.09999, 1.1])
def test_both_ends_of_a_range_belong_to_it(value: float) -> None:
    assert RANGE.met_by(value)
    assert RANGE.side_missed(value) == ""


def test_an_interval_moves_as_a_whole() -> None:
    moved = Interval(0.2, 0.4, 0.9, "bootstrap").moved(0.5)
    assert (moved.low, moved.high) == pytest.approx((0.7, 0.9))
    assert (moved.confidence, moved.method) == (0.9, "bootstrap")
