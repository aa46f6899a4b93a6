"""The suite spinach judges this package's own way from a molecule to its frame, and finds it wrong where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.plugin import PARTIAL
from harness.report.records import judge
from harness.subjects import load_subject
from harness.suites.accuracy.compare import compare
from harness.suites.targets import load_targets
from harness.tasks.spins.metrics import RELATIVE_M
from harness.tasks.spins.suites.spinach.laboratory import LABORATORY_COUPLINGS, METRIC, statement_of, unflagged
from harness.tasks.spins.suites.spinach.plan import PLANS, case_of
from harness.tasks.spins.suites.spinach.production import SpinachAnswers
from harness.tasks.spins.suites.truth import resolve_truth
from tests.plugin.running import REPO, Ran, run

# A part of the suite alone is no whole run: where nothing is missed it ends with PARTIAL.
SUITE = "harness/tasks/spins/suites/spinach"
PART = "diazine-15N or silyl or glycine-13c.literature-2.35T"


def judged(folder: Path, *more: str) -> Ran:
    given = [SUITE, "--validate-against", "spinach", "--subject", "exact", "-k", PART]
    return run(folder, *given, *more, cwd=REPO)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return judged(tmp_path_factory.mktemp("laboratory"))


def test_the_convention_and_the_subject_are_judged_in_one_run(ran: Ran) -> None:
    assert ran.status == PARTIAL, ran.out
    found = {(r.measurement.metric, r.measurement.case): r for r in ran.report.records if r.expected == "meet"}
    cases = {case for metric, case in found if metric == METRIC}
    assert len(cases) == 5
    for case in cases:
        assert found[METRIC, case].verdict == "pass"
        assert found[METRIC, case].measurement.value < 1e-8
        assert found["relative error of M", case].verdict == "pass"


def test_the_old_convention_misses_wherever_a_negative_gamma_is_observed(ran: Ran) -> None:
    controls = [r for r in ran.report.records if r.expected == "miss"]
    assert {r.measurement.subject for r in controls} == {LABORATORY_COUPLINGS}
    assert len(controls) == 4
    assert all(r.verdict == "pass" and r.measurement.value > 1e-4 for r in controls)


def test_the_page_says_it(ran: Ran) -> None:
    page = (ran.folder / "report.html").read_text(encoding="utf-8")
    assert "5 times Spinach was given the molecule itself" in page


def test_without_the_change_of_sign_the_run_fails(tmp_path: Path) -> None:
    ran = judged(tmp_path, "-p", "tests.suites.laboratory_couplings")
    assert ran.status == 1, ran.out
    missed = {r.measurement.case for r in ran.report.records if r.verdict == "fail" and r.measurement.metric == METRIC}
    assert len(missed) == 4
    assert not any("glycine" in case for case in missed)


def test_against_exact_nothing_is_stated_of_the_convention(tmp_path: Path) -> None:
    """It would be compared with itself."""
    given = [SUITE, "--validate-against", "exact", "--subject", "exact", "-k", "silyl"]
    ran = run(tmp_path, *given, cwd=REPO)
    assert ran.status == PARTIAL, ran.out
    assert not [r for r in ran.report.records if r.measurement.metric == METRIC]


@pytest.mark.parametrize("observed", ["15N", "1H"])
def test_a_hydrazine_may_be_missed_by_who_says_so_and_by_nobody_else(observed: str) -> None:
    """spin-graph is wrong on it and warns; the same answers without the warning miss, and so does the pair product."""
    key = f"hydrazine-{observed}-observed-4.7T-laboratory"
    target = load_targets()["spinach"].target("unflagged_error")
    truth = resolve_truth("spinach", live=False, allow_fallback=False)
    case = truth.case(key)
    found = compare(load_subject("spin-graph"), PLANS["smoke"], case_of(case), SpinachAnswers(truth))
    error = found.error(RELATIVE_M)
    statement = statement_of(found.subject, case)
    assert error.value is not None
    assert error.value > 1e-3
    warned = unflagged(error, statement)
    assert "flagged by the subject: estimated_error_m" in warned.note
    assert judge(warned, target).verdict == "pass"
    assert judge(unflagged(error, ""), target).verdict == "fail"
    silent = found.error(RELATIVE_M, "pair-product")
    assert judge(unflagged(silent, statement_of(load_subject("pair-product"), case)), target).verdict == "fail"


def test_a_hydrazine_counts_where_nothing_was_stated(tmp_path: Path) -> None:
    ran = judged(tmp_path, "-k", "hydrazine-15N")
    assert ran.status == PARTIAL, ran.out
    requested = [r for r in ran.report.records if r.target is not None and r.target.name == "unflagged_error"]
    assert sorted((r.measurement.subject, r.expected, r.verdict) for r in requested) == [
        *[("exact", "meet", "pass")] * 3, *[("pair-product", "miss", "pass")] * 3
    ]  # fmt: skip
