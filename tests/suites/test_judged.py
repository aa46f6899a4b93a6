"""The list of what each suite judges: the main job as users start it, with every judged number counted by its target.

A check that becomes a mere record, a control that is left out, a suite that shrinks: each changes this list.
"""

from __future__ import annotations

import subprocess

import pytest

from harness.report import Report, read_records
from harness.report.records import JUDGED
from tests.plugin.running import REPO, command, environment

pytestmark = [pytest.mark.xdist_group("judged"), pytest.mark.timeout(1800)]

# suite: {target: (numbers of the run that are judged by it, negative controls)}
CHECKS = {
    "conservation": {
        "density_exact": (8, 6), "density_iterative": (8, 0), "bound": (4, 0), "start": (4, 1), "slope": (2, 0),
        "curvature": (2, 1), "sum_of_signals": (2, 0), "total_polarisation": (2, 0), "energy": (2, 0),
        "reversal": (2, 1), "sign": (2, 0), "frame": (2, 1), "relabelling": (2, 1),
    },
    "detection": {"slipped": (1, 1), "rejected": (1, 0)},
    "inverse": {
        "unconverged": (1, 0), "iterations_most": (1, 0), "iterations_median": (1, 0), "seconds": (1, 0),
        "pooled_ratio": (1, 2), "right_fraction": (1, 0), "all_ratio": (1, 0),
    },
    "ood": {"in_rmse": (1, 1), "in_i1z_rmse": (1, 0), "bounded": (5, 1), "flagged": (1, 1)},
    "scaling": {"rmse": (3, 1), "largest_rmse": (3, 0), "i1z_rmse": (3, 1), "asked_n8": (1, 0)},
    "spinach": {
        "molecule_relative_error": (64, 0), "against_pair_product": (30, 0), "line_position_hz": (30, 0),
        "splitting_hz": (30, 0), "molecule_i1z_rmse": (28, 0), "chain_rmse": (23, 2), "chain_i1z_rmse": (23, 0),
        "chain_strong_rmse": (16, 2), "chain_strong_i1z_rmse": (16, 0), "against_untrained": (2, 2),
        "laboratory_m": (20, 6),
    },
    "topology": {
        "chain_rmse": (1, 1), "chain_i1z_rmse": (1, 0), "ring_rmse": (1, 1), "ring_i1z_rmse": (1, 0),
        "star_rmse": (1, 1), "star_i1z_rmse": (1, 0), "tree_rmse": (1, 1), "tree_i1z_rmse": (1, 0),
        "ring_increase": (1, 1), "ring_relative_increase_below_20": (1, 1), "ring_training_cost": (2, 2),
    },
    "uncertainty": {
        "std_gap": (1, 2), "std_ranks": (1, 1), "sparsification": (1, 1), "conformal_law": (4, 0),
        "shipped_coverage_50": (4, 0), "shipped_coverage_68": (4, 0), "shipped_coverage_90": (4, 1),
    },
}  # fmt: skip
STATISTICS = {
    "inverse": {"iterations_median", "seconds", "pooled_ratio", "right_fraction", "all_ratio"},
    "ood": {"in_rmse", "in_i1z_rmse", "bounded", "flagged"},
    "scaling": {"rmse", "i1z_rmse", "asked_n8"},
    "spinach": {"against_untrained"},
    "topology": set(CHECKS["topology"]),
    "uncertainty": set(CHECKS["uncertainty"]) - {"conformal_law"},
}
"""Targets of numbers that are taken over random cases; others are worst cases, counts over a fixed list, or a law."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("judged")
    words = command(folder, "harness/", "--validate-against", "spinach")
    settings = environment(folder, HARNESS_MEASURED="")
    subprocess.run(words, cwd=REPO, env=settings, capture_output=True, timeout=1700, check=False)
    return read_records(folder / "run" / "records.json")


def test_every_suite_judges_what_it_is_said_to_judge(report: Report) -> None:
    assert report.complete
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for record in report.records:
        if record.target is not None and record.verdict in JUDGED:
            table = found.setdefault(record.suite, {})
            checks, controls = table.get(record.target.name, (0, 0))
            control = record.expected == "miss"
            table[record.target.name] = checks + (not control), controls + control
    assert found == CHECKS


def test_every_statistic_has_its_interval_and_nothing_else_has(report: Report) -> None:
    judged = [r for r in report.records if r.target is not None]
    with_one = {(r.suite, r.target.name) for r in judged if r.measurement.interval is not None}
    without = {(r.suite, r.target.name) for r in judged if r.measurement.interval is None}
    assert with_one == {(suite, name) for suite, names in STATISTICS.items() for name in names}
    assert not with_one & without
    assert all(r.measurement.cases for r in judged if r.measurement.interval is not None)


def test_the_plan_has_cases_enough_to_decide_every_control(report: Report) -> None:
    controls = [r for r in report.records if r.expected == "miss"]
    assert {r.verdict for r in controls} == {"pass"}


def test_what_cannot_be_measured_is_excluded_beforehand_by_name(report: Report) -> None:
    assert [r.measurement.metric for r in report.records if r.verdict == "not-determined"] == []
    assert {(one.suite, one.what) for one in report.excluded} == {
        ("conservation", "trace"),
        ("conservation", "purity"),
        ("conservation", "hermiticity"),
        ("topology", "error increase over a chain's inner spins of fno-general (chains only)"),
        ("inverse", "³J of measured FIDs"),
    }
    assert "could not be determined" not in report.headline


def test_the_ring_is_a_gate_that_is_met_and_its_relative_increase_an_open_goal(report: Report) -> None:
    found = {r.target.name: r for r in report.records
             if r.target and r.target.name.startswith("ring_") and r.expected == "meet"}  # fmt: skip
    assert found["ring_increase"].verdict == "pass"
    assert found["ring_increase"].target.kind == "gate"
    assert found["ring_relative_increase_below_20"].verdict == "open-goal"
    assert "Open goals: 1 of 1" in report.headline


def test_the_report_says_by_which_kernels_it_was_computed(report: Report) -> None:
    machine = report.context.machine
    assert "openblas" in machine["blas"].lower() or "mkl" in machine["blas"].lower()
    assert {"cpu_flags", "torch_cpu", "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY"} <= set(machine)
    assert machine["torch_cpu"] not in ("", "not loaded")
