"""The fronts of cost and error: every baseline is on both, and the trained networks on that of H2, where they lose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")

from harness.benchmark.timing import Protocol
from harness.report import Measurement, Record, judge
from harness.report.page import SuiteRun
from harness.report.records import Context
from harness.subjects import load_subject
from harness.suites.cost.figure import front_figure
from harness.suites.cost.page import present
from harness.suites.cost.plan import Plan
from harness.suites.cost.run import DOMINATED, Outcome, run
from harness.task import task_of
from harness.tasks.tddft import fronts

TASK = task_of("nwchem")
CONTEXT = Context("run", "2026-01-01T00:00:00Z", "pytest", {}, {}, "", None, {})


@pytest.fixture(scope="module")
def of_h2() -> tuple[Plan, Outcome]:
    """The front of H2 with one case, each method timed once."""
    once = Protocol(warmups=1, runs=1, most_runs=1, budget_s=10.0)
    plan = replace(fronts.hydrogen(1, 5), batch=2, protocol=once)
    return plan, run(load_subject("kernel+quad", task=TASK), plan, plan.truths())


def test_baselines_and_larger_steps_are_on_both_fronts() -> None:
    for plan in (fronts.functional("pbe", 2, 5), fronts.hydrogen(2, 5)):
        labels = {rival.label for rival in plan.rivals}
        assert {"linear response", "frozen Fock matrix", "prony", "cfm4 0.8", "em 0.2"} <= labels
        assert all(rival.largest >= max(plan.sizes) for rival in plan.rivals)
    assert "cfm4 0.4, quadrature 0" in {rival.label for rival in fronts.functional("pbe", 2, 5).rivals}


def test_the_networks_are_on_the_front_of_h2_and_lose(of_h2: tuple[Plan, Outcome]) -> None:
    plan, outcome = of_h2
    points = {point.label: point for point in outcome.points}
    assert {*fronts.NETWORKS, *(f"{name} (batch 2)" for name in fronts.NETWORKS)} <= set(points)
    assert {"kernel", "geometry", "prony", "frozen Fock matrix", "linear response", "em 0.2"} <= set(points)
    assert all(points[name].error < 0.05 for name in fronts.NETWORKS)
    assert points["cfm4 0.2"].error < 2e-4
    counted = {c.measurement.subject: c for c in outcome.claims if c.measurement.metric == f"{DOMINATED}, one system"}
    assert set(counted) == {"kernel+quad", *fronts.NETWORKS}
    for name in fronts.NETWORKS:
        assert counted[name].target is None
        assert "cfm4 0.2" in counted[name].measurement.worst
    assert "learned" not in counted["kernel+quad"].measurement.worst
    assert len(front_figure(outcome.points, "kernel+quad", [2], plan).axes) == 1


def test_the_page_says_what_is_better_than_a_network(of_h2: tuple[Plan, Outcome], tmp_path: Path) -> None:
    plan, outcome = of_h2
    records = tuple(_record(claim.measurement) for claim in outcome.claims)
    page = present(plan, SuiteRun("cost_h2", "kernel+quad", "cfm4", records, tmp_path))
    assert page.title == plan.title
    for name in fronts.NETWORKS:
        (note,) = [one for one in page.notes if one.startswith(f"{name}, {DOMINATED}, one system: ")]
        assert "better: " in note
        assert "cfm4 0.2 (" in note


def test_a_network_that_is_the_subject_is_there_once(of_h2: tuple[Plan, Outcome]) -> None:
    plan = replace(of_h2[0], rivals=of_h2[0].rivals[:1])
    outcome = run(load_subject("learned-density", task=TASK), plan, plan.truths())
    labels = [point.label for point in outcome.points]
    assert len(labels) == len(set(labels))
    assert {f"{name} (batch 2)" for name in fronts.NETWORKS} < set(labels)
    counted = [c.measurement.subject for c in outcome.claims if c.measurement.metric == f"{DOMINATED}, one system"]
    assert sorted(counted) == sorted(fronts.NETWORKS)


def _record(measured: Measurement) -> Record:
    return Record("r1", "cost_h2", 1, measured, None, "meet", judge(measured, None), "t", "c", "now", CONTEXT)
