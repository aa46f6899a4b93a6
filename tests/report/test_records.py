"""Judging: every comparison both ways, controls, and what has no number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report import Measurement, Target, judge


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
