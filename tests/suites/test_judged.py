"""The main job as users start it: every judged number counted by its test and target, and its exit status.

What is counted is held beside the plan of the tier (:mod:`harness.tasks.spins.suites.tier_plan`), in both directions: a
check that becomes a mere record, a control that is left out, a suite that shrinks or judges something new: each breaks
this test.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass

import pytest

from harness.report import Report, read_records
from harness.report.records import JUDGED
from harness.subjects import load_subject
from harness.tasks.spins.suites.needs import CHAINS_ONLY, HUNDRED_MS, SPINACH
from harness.tasks.spins.suites.tier_plan import tier_plan
from tests.plugin.running import REPO, command, environment

pytestmark = [pytest.mark.xdist_group("judged"), pytest.mark.timeout(1800)]

STATISTICS = {
    "fresh": {
        "molecule_relative_error", "molecule_i1z_rmse", "chain_rmse", "chain_i1z_rmse", "chain_strong_rmse",
        "chain_strong_i1z_rmse", "over_cached",
    },
    "inverse": {"iterations_median", "seconds", "pooled_ratio", "right_fraction", "all_ratio"},
    "ood": {"in_rmse", "in_i1z_rmse", "bounded", "flagged"},
    "scaling": {"rmse", "i1z_rmse", "asked_n8"},
    "spinach": {"against_untrained"},
    "topology": {
        *(f"{kind}{signal}" for kind in ("chain", "ring", "star", "tree") for signal in ("_rmse", "_i1z_rmse")),
        "ring_increase", "ring_relative_increase_below_20", "ring_training_cost",
    },
    "uncertainty": {
        "std_gap", "std_ranks", "sparsification", "shipped_coverage_50", "shipped_coverage_68", "shipped_coverage_90",
    },
}  # fmt: skip
"""Targets of numbers that are taken over random cases; others are worst cases, counts over a fixed list, or a law."""


@dataclass(frozen=True, eq=False)
class Job:
    """The exit status and the report of one run."""

    status: int
    report: Report


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("judged")
    words = command(folder, "harness/", "--validate-against", "spinach")
    settings = environment(folder, HARNESS_MEASURED="")
    done = subprocess.run(words, cwd=REPO, env=settings, capture_output=True, timeout=1700, check=False)
    return Job(done.returncode, read_records(folder / "run" / "records.json"))


@pytest.fixture(scope="module")
def report(job: Job) -> Report:
    return job.report


def test_every_suite_judges_what_the_plan_of_the_tier_says(job: Job) -> None:
    assert job.report.complete, job.report.headline
    found = Counter(
        (record.test, record.target.name, record.expected)
        for record in job.report.records
        if record.target is not None and record.verdict in JUDGED
    )
    offers = load_subject("spin-graph").offers | {CHAINS_ONLY, HUNDRED_MS, SPINACH}
    planned: Counter[tuple[str, str, str]] = Counter()
    for test in tier_plan("smoke").tests:
        for number in test.numbers:
            if number.needs <= offers:
                planned[test.id, number.target, number.expected] += number.count
    assert found == planned


def test_the_main_job_ends_with_status_0(job: Job) -> None:
    """Every gate is met with its whole interval, every control misses, nothing that was planned is missing."""
    unmet = [f"{r.suite}: {r.measurement.case}: {r.measurement.metric}" for r in job.report.records if r.unmet]
    assert unmet == []
    assert job.report.headline.startswith("PASS: ")
    assert job.status == 0


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
        ("library", "answers over 1 s"),
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
