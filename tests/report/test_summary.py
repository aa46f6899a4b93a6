"""The headline: which numbers it counts, against whom, and what it says where there are no numbers."""

from __future__ import annotations

import pytest

from harness.report import Interval, Target
from harness.report.summary import counts, headline, no_answer, standings
from tests.report.making import record


def spinach(number: int, value: float | None = 5e-4, **fields):
    return record(number, value, reference="spinach", **fields)


def ours(number: int, value: float | None = 5e-4, **fields):
    return record(number, value, reference="exact", **fields)


def predicted(records, apart: str = "Spinach") -> str:
    return headline(records, "toy", "spinach", apart)


def test_a_miss_elsewhere_is_not_laid_at_the_door_of_spinach() -> None:
    text = predicted([spinach(1), spinach(2), ours(3), ours(4, 1.0), ours(5, 1.0, subject="toy (chains only)")])
    assert text == (
        "Against Spinach: toy meets 2 of 2 targets. FAIL: 2 of 3 targets judged without Spinach missed, against our "
        "own exact reference: toys (1), toys (1, by toy, chains only)"
    )


def test_a_miss_against_spinach_is_a_failure_against_spinach() -> None:
    text = predicted([spinach(1, 1.0), spinach(2), ours(3)])
    assert text.startswith("FAIL: toy against Spinach, 1 of 2 judged numbers miss their targets")
    assert "Against our own references all 1 meet" in text
    assert "1 of 2 miss: toys (1)" in predicted([spinach(1, 1.0), ours(2), ours(3, 1.0)])


def test_all_met_names_both_sides() -> None:
    text = predicted([spinach(1), ours(2), ours(3)])
    assert text.startswith("PASS: toy against Spinach, all 1 judged numbers meet their targets, and so do all 2")


def test_nothing_judged_against_spinach_is_stated() -> None:
    assert predicted([ours(1)]).endswith("Nothing was judged against Spinach")
    assert predicted([ours(1)]).startswith("PASS: toy against our own references, all 1")
    assert predicted([ours(1, 1.0)]).startswith("FAIL: toy against our own references, 1 of 1")
    assert predicted([]) == "toy against Spinach: nothing was judged"


def test_a_test_that_broke_spoils_the_verdict_against_spinach() -> None:
    broken = record(3, None, subject="", reference="", metric="test completes", target=None, problem="raised")
    assert predicted([spinach(1), ours(2), broken]).startswith("FAIL: toy against Spinach, 1 of 2")


def test_the_harness_itself_counts_for_nothing_unless_it_misses() -> None:
    method = {"subject": "krylov", "subject_provenance": {"kind": "reference"}}
    records = [spinach(1), ours(2), ours(3, **method)]
    assert "so do all 1 judged against our own references" in predicted(records)
    assert (counts(records, "toy")["pass"], counts(records, "toy")["harness"]) == (2, 1)
    assert "FAIL: 1 of 2" in predicted([spinach(1), ours(2), ours(3, 1.0, **method)])
    assert counts(records, "krylov")["harness"] == 0


def test_a_control_that_meets_its_target_is_no_pass() -> None:
    text = predicted([spinach(1), spinach(2, 1e-5, expected="miss", subject="formula")])
    assert text.startswith("FAIL")
    assert "1 of 1 controls do not miss a target that they must miss" in text


def test_no_number_at_all_is_an_error_with_its_reason() -> None:
    records = [ours(k, None, problem="3 of 3 cases failed, first #0: wrote no result file") for k in (1, 2)]
    records += [spinach(3, None, problem="wrote no result file"), ours(4, subject="exact")]
    assert predicted(records) == "ERROR: toy gave no answer in 3 of 3 cases: wrote no result file"
    assert no_answer([*records, ours(5)], "toy") == ""


@pytest.mark.parametrize("apart", ["Spinach", ""])
def test_headline_and_counts_agree_on_what_is_not_determined(apart: str) -> None:
    records = [spinach(1), spinach(2, None, determined=False), spinach(3, None, determined=False, target=None)]
    assert counts(records)["not-determined"] == 2
    assert "2 could not be determined" in predicted(records, apart)


GOAL = Target("hope", 1e-4, "<=", "1", "asked", "a reason", "goal")


def test_goals_are_counted_after_the_gates_and_decide_nothing() -> None:
    records = [spinach(1), ours(2), ours(3, target=GOAL), ours(4, 1e-5, target=GOAL)]
    assert predicted(records) == (
        "PASS: toy against Spinach, all 1 judged numbers meet their targets, and so do all 1 judged against our own "
        "references. Open goals: 1 of 2"
    )
    found = counts(records, "toy")
    assert (found["pass"], found["goals"], found["goals met"], found["fail"]) == (2, 2, 1, 0)
    assert "FAIL" in predicted([*records, ours(5, 1.0)])


def test_a_goal_without_an_answer_is_an_error_like_any_other() -> None:
    records = [spinach(1), ours(2), ours(3, None, target=GOAL, problem="raised")]
    assert "FAIL: 1 of 2 targets judged without Spinach missed" in predicted(records)
    assert counts(records)["error"] == 1


def test_an_interval_too_wide_to_decide_is_no_pass() -> None:
    wide = ours(2, 9e-4, interval=Interval(8e-4, 1.1e-3, 0.95, "bootstrap"))
    assert predicted([spinach(1), ours(3), wide]).startswith(
        "Against Spinach: toy meets 1 of 1 targets. FAIL: 1 of 2 targets judged without Spinach missed"
    )
    assert predicted([spinach(1), wide]).endswith("1 of these: interval too wide to decide")


def test_one_standing_for_each_question() -> None:
    records = [spinach(1), spinach(2, 1.0), ours(3), ours(4, target=GOAL), ours(5, 0.5, expected="miss")]
    stated = [(s.question, s.met, s.judged, s.verdict) for s in standings(records, "toy", "spinach", "Spinach")]
    assert stated == [("against Spinach", 1, 2, "fail"), ("against our own references", 1, 1, "pass")]
    (alone,) = standings(records, "toy", "exact", "")
    assert (alone.question, alone.met, alone.judged) == ("against exact", 2, 3)
    assert standings([], "toy", "spinach", "Spinach")[0].verdict == "info"
