"""The suite spinach judges this package's own way from a molecule to its frame, and finds it wrong where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suites.spinach.laboratory import LABORATORY_COUPLINGS, METRIC
from tests.plugin.running import REPO, Ran, run

PART = "diazine-15N or silyl or glycine-13c.literature-2.35T"


def judged(folder: Path, *more: str) -> Ran:
    given = ["harness/suites/test_spinach.py", "--validate-against", "spinach", "--subject", "exact", "-k", PART]
    return run(folder, *given, *more, cwd=REPO)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return judged(tmp_path_factory.mktemp("laboratory"))


def test_the_convention_and_the_subject_are_judged_in_one_run(ran: Ran) -> None:
    assert ran.status == 0, ran.out
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


def test_against_exact_nothing_is_said_of_the_convention(tmp_path: Path) -> None:
    """It would be compared with itself."""
    given = ["harness/suites/test_spinach.py", "--validate-against", "exact", "--subject", "exact", "-k", "silyl"]
    ran = run(tmp_path, *given, cwd=REPO)
    assert ran.status == 0, ran.out
    assert not [r for r in ran.report.records if r.measurement.metric == METRIC]
