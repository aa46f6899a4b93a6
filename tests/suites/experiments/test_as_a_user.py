"""The suites as pytest runs them: who passes, who fails, and what lies in the folder afterwards."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.plugin.running import REPO, Ran, run

SUITES = [
    "harness/suites/cost",
    "harness/suites/conservation",
    "harness/tasks/spins/suites/topology/test_topology.py",
    "harness/suites/ood",
    "harness/suites/uncertainty",
]


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("exact")
    return run(folder, *SUITES, "--validate-against", "exact", "--subject", "exact", cwd=REPO)


def test_exact_passes_and_the_controls_miss(exact: Ran):
    assert exact.status == 6, exact.out
    records = exact.report.records
    assert exact.report.headline.startswith("PARTIAL: ")
    assert not [r for r in records if r.unmet]
    controls = [r for r in records if r.role == "control"]
    assert {r.suite for r in controls} == {"scaling", "conservation", "topology", "ood", "uncertainty"}
    assert all(r.verdict == "pass" for r in controls)


def test_what_a_subject_does_not_determine_is_no_part_of_the_run(exact: Ran):
    assert not [r for r in exact.report.records if r.suite == "conservation" and r.measurement.metric == "trace"]
    named = {(one.suite, one.what) for one in exact.report.excluded}
    assert {("conservation", "trace"), ("conservation", "<H>"), ("uncertainty", "coverage of shipped bands")} <= named
    assert {one.suite for one in exact.report.excluded} == {"conservation", "ood", "topology", "uncertainty"}
    html = (exact.folder / "report.html").read_text(encoding="utf-8")
    assert "Not part of this run, and why" in html


def test_tables_and_figures_have_the_requested_names(exact: Ran):
    names = ["exp1_scaling.csv", "exp1_scaling.json", "exp3_conservation.json", "exp4_topology.csv", "exp5_ood.csv",
             "exp7_uq.json", "figures/figure1_scaling.png", "figures/figure1b_front.png",
             "figures/figure1c_observables.png", "figures/figure3_conservation.png", "figures/figure4_topology.png",
             "figures/figure5_ood.png", "figures/figure7_uq.png"]  # fmt: skip
    assert [name for name in names if not (exact.folder / name).is_file()] == []
    with open(exact.folder / "exp1_scaling.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {"exact", "chebyshev", "dense", "cluster 5", "pair-product", "fno, one J"} <= {row["method"] for row in rows}
    assert [row["note"] for row in rows if row["extrapolated"] == "True"]
    document = json.loads((exact.folder / "exp3_conservation.json").read_text())
    assert {row["method"]: row["control"] for row in document["density_operators"]}["Euler on the propagator"]
    assert list(document["invariants"]) == ["100 ms", "30 ms"]
    assert document["invariants"]["30 ms"]["trace"]["value"] == "not determined by this subject"


def test_every_page_is_drawn(exact: Ran):
    html = (exact.folder / "report.html").read_text(encoding="utf-8")
    assert "could not be drawn" not in html
    assert "Cost and error against the number of spins" in html


def test_weak_coupling_fails_where_it_should(tmp_path: Path):
    ran = run(tmp_path, *SUITES[2:4], "--validate-against", "exact", "--subject", "weak-coupling", cwd=REPO)
    assert ran.status == 1, ran.out
    failed = {r.suite for r in ran.report.records if r.unmet}
    assert failed == {"topology", "ood"}


def test_a_foreign_subject_that_raises_fails_with_its_reason(tmp_path: Path):
    (tmp_path / "mine.py").write_text("def model(system, grid):\n    raise RuntimeError('no luck')\n", encoding="utf-8")
    suite = str(REPO / "harness/tasks/spins/suites/topology/test_topology.py")
    ran = run(tmp_path, suite, "--validate-against", "exact", "--subject", "mine:model", "-k", "test_subject")
    assert ran.status == 1, ran.out
    errors = [r for r in ran.report.records if r.verdict == "error"]
    assert errors
    assert all("no luck" in r.judgement.message for r in errors)
