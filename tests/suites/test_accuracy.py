"""The common suite of accuracy: one case compared, its claims, and the rows of the page, with numbers made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from harness.report import judge
from harness.report.page import SuiteRun
from harness.subjects import Answer
from harness.suites.accuracy import Case, Plan, case_ids, planned, run
from harness.suites.accuracy.compare import Compared, compare
from harness.suites.accuracy.production import Answered
from harness.suites.accuracy.rows import rows_of, table_row
from harness.suites.accuracy.run import against_baseline, claims_of
from harness.suites.baseline import Baseline
from harness.task import Metric
from tests.report.making import record


@dataclass(frozen=True, eq=False)
class GivenAnswer:
    """An answer whose error is known: its first sample."""

    value: float
    grid: str = "grid"

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {"x": np.array([self.value, 0.0])}


ERROR = Metric("error", "error of x", "", "Hz", lambda one, truth, system: one.value - truth.value, ("x",),
               lambda one, truth, system: f"spin {one.value:g}")  # fmt: skip
OTHER = replace(ERROR, key="other", label="other error", needs=("y",))
SYSTEM = SimpleNamespace(name="made", size=3)


@dataclass
class Toy:
    """A subject with a known error, time and number of calls."""

    value: float
    seconds: tuple[float, ...] = (0.1,)
    problem: str = ""
    refused: bool = False
    name: str = "toy"
    provenance: dict = field(default_factory=dict)
    calls: int = 0

    def answer(self, system: object, grid: object) -> Answer:
        self.calls += 1
        given = None if self.problem else GivenAnswer(self.value)
        return Answer(given, self.problem, self.seconds[min(self.calls, len(self.seconds)) - 1], self.refused)


@dataclass(frozen=True)
class Known:
    """A production code that answers 0, in 3 s, except for what it lacks."""

    lacking: str = ""
    name: str = "production"

    def available(self, case: Case) -> bool:
        return case.id != self.lacking

    def answer(self, case: Case) -> Answered:
        if case.id == self.lacking:
            return Answered(None, case.system, problem="no entry")
        return Answered(GivenAnswer(0.0), case.system, 3.0, provenance={"engine": "made"})


def formula(value: float) -> Baseline:
    return Baseline(
        "formula", "formula", lambda systems, grid: [GivenAnswer(value) for _ in systems], "error over formula"
    )


CASE = Case("one, two", SYSTEM, "grid", (("error", "target"),), seeds={"draw": 7})
PLAN = Plan(lambda: [CASE], (ERROR,), (formula(0.5),), ("x",), rounding=1e-6)


def compared(subject: Toy, plan: Plan = PLAN, case: Case = CASE, production: Known | None = None) -> Compared:
    return compare(subject, plan, case, production or Known())


def test_a_case_gives_the_errors_of_both_the_ratio_and_the_times() -> None:
    claims = {(c.measurement.metric, c.measurement.subject): c for c in claims_of(compared(Toy(0.1)))}
    assert claims["error of x", "toy"].target == "target"
    assert claims["error of x", "toy"].measurement.worst == "spin 0.1"
    assert claims["error of x", "toy"].measurement.seeds == {"draw": 7}
    assert claims["error of x", "formula"].measurement.value == 0.5
    assert claims["error of x", "formula"].target is None
    assert claims["error over formula", "toy"].measurement.value == pytest.approx(0.2)
    assert claims["error over formula", "toy"].target == "against_baseline"
    assert claims["time ratio", "toy"].measurement.value == pytest.approx(30.0)
    assert claims["time of the reference", "toy"].measurement.reference_provenance == {"engine": "made"}


def test_the_ratio_counts_rounding_as_the_smallest_error_and_says_so() -> None:
    exact = replace(PLAN, baselines=(formula(1e-13),))
    found = against_baseline(compared(Toy(0.617), exact))
    assert found.value == pytest.approx(0.617e6)
    assert judge(found).message == "the error of formula, 1e-13, counts as 1e-06"
    assert against_baseline(compared(Toy(0.617))).note == ""
    assert against_baseline(compared(Toy(1e-9), exact)).value == 1.0


@pytest.mark.parametrize(
    ("judges", "has", "target"), [(True, True, "against"), (False, True, None), (False, False, "nothing")]
)
def test_a_ratio_is_judged_or_recorded_or_neither(judges: bool, has: bool, target: str | None) -> None:
    plan, case = replace(PLAN, ratio_target="against"), replace(CASE, judges_ratio=judges, has_ratio=has)
    ratios = [
        c.target for c in claims_of(compared(Toy(0.1), plan, case)) if c.measurement.metric == "error over formula"
    ]
    assert ratios == ([] if target == "nothing" else [target])
    names = [number.target for number in planned(replace(plan, cases=lambda: [case]))[0].numbers]
    assert ("against" in names) == judges


def test_metrics_of_one_case_alone_are_judged_of_the_subject_only() -> None:
    case = replace(CASE, more=((replace(ERROR, key="line", label="line"), "line_hz"),))
    claims = [c for c in claims_of(compared(Toy(0.1), case=case)) if c.measurement.metric == "line"]
    assert [(c.measurement.subject, c.target, c.measurement.unit) for c in claims] == [("toy", "line_hz", "Hz")]
    assert "line_hz" in [number.target for number in planned(replace(PLAN, cases=lambda: [case]))[0].numbers]


def test_baselines_have_only_the_metrics_that_the_plan_names() -> None:
    more = replace(PLAN, metrics=(ERROR, replace(ERROR, key="second", label="second")), of_baselines=(ERROR,))
    of_formula = [
        c.measurement.metric for c in claims_of(compared(Toy(0.1), more)) if c.measurement.subject == "formula"
    ]
    assert of_formula == ["error of x"]


def test_an_observable_that_is_not_given_is_no_number_and_no_failure() -> None:
    (claim,) = [c for c in claims_of(compared(Toy(0.1), replace(PLAN, metrics=(ERROR, OTHER))))
                if c.measurement.metric == "other error" and c.measurement.subject == "toy"]  # fmt: skip
    assert not claim.measurement.determined
    assert claim.measurement.value is None


def test_a_failure_a_refusal_and_a_missing_truth_are_distinguished() -> None:
    failed = compared(Toy(0.1, problem="raised ArithmeticError: no")).error(ERROR)
    assert (failed.problem, failed.determined) == ("raised ArithmeticError: no", True)
    refused = compared(Toy(0.1, problem="raised InputError: too large", refused=True)).error(ERROR)
    assert (refused.problem, refused.determined) == ("", False)
    assert "refused by toy: too large" in refused.note
    missing = compared(Toy(0.1), production=Known("one, two"))
    assert missing.error(ERROR).problem == "no truth: no entry"
    assert missing.error(ERROR, "formula").problem == "no truth: no entry"
    assert [c.measurement.metric for c in claims_of(missing)][-1] == "time of the subject"


def test_the_first_call_is_not_timed_where_there_is_time_for_another() -> None:
    once = Toy(0.1, seconds=(4.0, 0.1))
    assert (compared(once).seconds, once.calls) == (4.0, 1)
    again = Toy(0.1, seconds=(4.0, 0.1, 0.3, 0.2))
    assert (compared(again, replace(PLAN, repeats=3)).seconds, again.calls) == (0.2, 4)
    slow = Toy(0.1, seconds=(6.0, 0.1))
    assert (compared(slow, replace(PLAN, repeats=3)).seconds, slow.calls) == (6.0, 1)


def test_names_of_tests_need_no_quoting_and_name_what_can_be_compared() -> None:
    second = replace(CASE, id="H₂O, kick 0.01/au")
    plan = replace(PLAN, cases=lambda: [CASE, second], production=lambda truth, plan: Known("one, two"))
    assert [test.name for test in planned(plan)] == ["test_case[one-two]", "test_case[H-O-kick-0.01-au]"]
    assert case_ids(plan, truth=None) == ["H-O-kick-0.01-au"]  # type: ignore[arg-type]


def test_the_rows_of_the_page_come_from_the_records(tmp_path: Path) -> None:
    """A number that is not there is NaN; the size is what the test has stored."""
    claims = [claim.measurement for claim in run(Toy(0.1), PLAN, Known()).claims]
    records = tuple(
        replace(record(k, one.value, metric=one.metric, case=one.case, subject=one.subject), suite="accuracy")
        for k, one in enumerate(claims)
    )
    (tmp_path / "data" / "accuracy").mkdir(parents=True)
    np.savez(tmp_path / "data" / "accuracy" / "one-two.npz", size=np.asarray(3))
    (row,) = rows_of(
        replace(PLAN, metrics=(ERROR, OTHER)), SuiteRun("accuracy", "toy", "production", records, tmp_path)
    )
    assert (row.case, row.size, row.errors["error"], row.seconds) == ("one, two", 3, 0.1, 0.1)
    assert np.isnan(row.errors["other"])
    assert row.baselines["formula"]["error"] == 0.5
    assert list(table_row(row)) == ["case", "size", "error", "other", "seconds", "formula error", "formula other"]
