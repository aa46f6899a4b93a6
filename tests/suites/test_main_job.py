"""``pytest harness/ --validate-against spinach`` on a part of what real Spinach said, from the repository's cache."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from tests.plugin.running import REPO, Ran, run

# One process for the module: its run against Spinach is shared.
pytestmark = pytest.mark.xdist_group("main-job")

PART = "alanine.gissmo-9.4T or valine.gissmo-14.1T or glycine.gissmo-9.4T or chain-4 or control or sources"
SUITE = ("harness/suites/accuracy", "harness/tasks/spins/suites/spinach")


def main_job(folder: Path, subject: str, *more: str, **variables: str) -> Ran:
    given = [*SUITE, "--validate-against", "spinach", "--subject", subject]
    return run(folder, *given, *(more or ("-k", PART)), cwd=REPO, **variables)


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return main_job(tmp_path_factory.mktemp("passed"), "exact")


def test_exact_passes_against_real_spinach(passed: Ran) -> None:
    assert passed.status == 6, passed.out
    headline = passed.report.headline
    assert headline.startswith("PARTIAL: ")
    assert "exact against Spinach, all " in headline
    assert not [r for r in passed.report.records if r.unmet]
    errors = [r.measurement.value for r in passed.report.records
              if r.measurement.subject == "exact" and r.measurement.metric == "RMSE of M"]  # fmt: skip
    assert len(errors) >= 10
    assert max(errors) < 1e-10


def test_the_controls_missed_their_targets_in_the_same_run(passed: Ran) -> None:
    controls = [r for r in passed.report.records if r.role == "control"]
    assert {r.measurement.subject for r in controls} == {"pair-product", "weak-coupling"}
    assert all(r.verdict == "pass" and not r.target.met_by(r.measurement.value) for r in controls)


def test_provenance_of_both_sides_is_in_every_judged_record(passed: Ran) -> None:
    judged = [r for r in passed.report.records if r.role == "target" and r.measurement.value is not None]
    for record in judged:
        details = record.measurement.reference_provenance["details"]
        assert details["spinach_commit"]
        assert details["formalism"] in ("zeeman-hilb", "sphten-liouv")
        assert "prop_chop" in details["tolerances"]
        assert record.measurement.subject_provenance["name"] == "exact"


def test_i1z_of_glycine_is_in_no_verdict(passed: Ran) -> None:
    glycine = [r for r in passed.report.records if r.measurement.case.startswith("glycine")]
    assert {r.verdict for r in glycine if r.measurement.metric == "RMSE of I1z"} == {"info"}
    assert any("shows nothing" in r.measurement.note for r in glycine)


def test_the_csv_and_the_figure(passed: Ran) -> None:
    with open(passed.folder / "exp2_spinach.csv", encoding="utf-8", newline="") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    valine = rows["valine.gissmo-14.1T"]
    assert float(valine["relative_error_m"]) < 1e-9
    assert 1e-4 < float(valine["pair_product_relative_error_m"]) < 3e-3
    assert float(valine["time_ratio"]) > 1
    assert valine["verdict"] == "pass"
    assert (passed.folder / "figures" / "figure2_spinach.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_shows_every_case(passed: Ran) -> None:
    html = (passed.folder / "report.html").read_text(encoding="utf-8")
    assert len(html) < 5 * 2**20
    compared = [r for r in passed.report.records if r.measurement.metric == "RMSE of M" and r.expected == "meet"]
    cases = {r.measurement.case for r in compared}
    titles = set(re.findall(r'<span class="case">([^<]+)</span>', html))
    assert cases == titles
    assert html.count('<svg class="plot"') == len(cases)
    assert html.count("chemical shift (ppm)") >= len(cases)
    assert "vacuous" in html


def test_the_first_screen_says_which_spinach_and_of_what(passed: Ran) -> None:
    html = (passed.folder / "report.html").read_text(encoding="utf-8")
    first = html[: html.index("<nav")]
    details = next(r.measurement.reference_provenance["details"] for r in passed.report.records if r.role == "control")
    spinach = f"Spinach {details['spinach_commit'][:8]} (Octave {details['engine_version']}, computed "
    assert spinach in first
    assert "cached): " in first
    compared = [r for r in passed.report.records if r.measurement.metric == "RMSE of M" and r.expected == "meet"]
    cases = {r.measurement.case for r in compared}
    chains = {case for case in cases if case.startswith("chain")}
    assert f"{len(cases - chains)} molecule cases + {len(chains)} chains, 30 ms each" in first
    assert "SPINACH_ROOT" not in first
    assert details["spinach_commit"] in html[html.index('id="provenance"') :]


def test_a_speed_up_over_a_cached_time_says_so(passed: Ran) -> None:
    html = (passed.folder / "report.html").read_text(encoding="utf-8")
    stated = next(line for line in html.splitlines() if "times as long as the subject" in line)
    assert "is what Octave took when the cache was built" in stated


def test_weak_coupling_fails_with_status_1_and_the_page_says_where(tmp_path: Path) -> None:
    ran = main_job(tmp_path, "weak-coupling", "-k", "valine.gissmo-14.1T or chain-4")
    assert ran.status == 1
    missed = {r.measurement.case for r in ran.report.records if r.verdict == "fail"}
    assert any(case.startswith("chain-4") for case in missed)
    errors = [r.measurement for r in ran.report.records if r.measurement.metric == "RMSE of M"]
    assert all(measurement.worst.startswith("t = ") for measurement in errors)


def test_a_subject_that_fails_on_some_cases_goes_on_with_the_others(tmp_path: Path) -> None:
    """It raises for four spins; alanine has four, the chain of two has not."""
    subject = "tests.suites.moody:exact_but_not_for_four"
    ran = main_job(tmp_path, subject, "-k", "alanine.gissmo-9.4T or chain-2-draw-1")
    assert ran.status == 1
    judged = [r for r in ran.report.records if r.target and r.measurement.subject == subject]
    verdicts = {(r.measurement.case, r.verdict) for r in judged}
    assert ("alanine.gissmo-9.4T", "error") in verdicts
    assert ("chain-2-draw-1", "pass") in verdicts
    assert ("chain-2-draw-1", "error") not in verdicts
    assert "raised RuntimeError: four is too many" in (ran.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.spinach
@pytest.mark.octave
def test_live_recomputes_instead_of_reading_the_cache(tmp_path: Path) -> None:
    root = os.environ["SPINACH_ROOT"]
    ran = main_job(tmp_path, "exact", "--live", "-k", "chain-2-draw-1", SPINACH_ROOT=root)
    assert ran.status == 6, ran.out
    assert not [r for r in ran.report.records if r.unmet]
    assert "backend: octave-batch" in ran.out
    sources = {
        r.measurement.reference_provenance["details"]["source"]
        for r in ran.report.records
        if r.measurement.metric == "RMSE of M" and r.expected == "meet"
    }
    assert sources == {"live"}
