"""What the suites' pages say in words: the missed number first, plainly, and no number without its standing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report import Record
from harness.report.page import SuiteRun
from harness.suites.targets import load_targets
from harness.tasks.spins.suites.detection.page import present as present_detection
from harness.tasks.spins.suites.detection.plan import SMOKE_STRIDE
from harness.tasks.spins.suites.faults.every import ALL
from harness.tasks.spins.suites.spinach.figure import draw
from harness.tasks.spins.suites.spinach.page import rows_of
from harness.tasks.spins.suites.spinach.plan import PLANS
from harness.tasks.spins.suites.topology.page import present as present_topology
from harness.tasks.spins.suites.words import plain
from tests.report.making import record

SUITES = load_targets()


def judged(suite: str, number: int, metric: str, value: float | None, target: str | None, **fields) -> Record:
    """One record of a suite, judged by its own target."""
    made = record(number, value, target=SUITES[suite].target(target) if target else None, metric=metric, **fields)
    return replace(made, suite=suite)


def answer(present, suite: str, records, subject: str = "toy") -> str:
    return present(SuiteRun(suite, subject, "spinach", tuple(records), Path("nowhere"))).answer


def test_the_missed_number_leads_whoever_missed_it() -> None:
    records = [
        judged("topology", 1, "error increase over chains, ring", 0.65, None),
        judged("topology", 2, "mean RMSE of M", 1e-5, "ring_rmse"),
        judged("topology", 3, "error increase over chains, ring", 0.47, "ring_increase", subject="toy (chains only)"),
    ]
    text = answer(present_topology, "topology", records)
    assert text.startswith("Missed, 1 of 2: error increase over chains, ring of toy (chains only): 0.47 on case-3")
    assert "0.65" not in text
    assert "Met, at worst: mean RMSE of M: 1.00e-5 on case-2, target ≤ 0.0015" in text


def test_without_a_miss_the_closest_number_leads() -> None:
    records = [judged("topology", k, "mean RMSE of M", k * 1e-4, "ring_rmse") for k in (1, 9, 2)]
    records.append(judged("topology", 4, "mean RMSE of I_1z", 2.9e-3, "ring_i1z_rmse"))
    text = answer(present_topology, "topology", records)
    assert text.startswith("Met, at worst: mean RMSE of I_1z: 0.0029 on case-4, target ≤ 0.003; mean RMSE of M: 9.00e")


def test_silence_and_crashes_are_called_what_they_are() -> None:
    refused = [judged("topology", 1, "mean RMSE of M", None, None, determined=False, note="not supported: no rings")]
    assert answer(present_topology, "topology", refused) == "toy: nothing could be measured: not supported: no rings."
    crashed = [judged("topology", 1, "mean RMSE of M", None, "ring_rmse", problem="wrote no result file")]
    assert answer(present_topology, "topology", crashed) == "toy gave no answer in 1 of 1 cases: wrote no result file."


def test_the_fault_matrix_tells_the_counts_of_its_tier() -> None:
    seeded = [sum(not fault.harmless for fault in faults) for faults in (ALL[::SMOKE_STRIDE], ALL)]
    reason = SUITES["detection"].target("slipped").reason
    assert f"{seeded[0]} in smoke, {seeded[1]} and two whole methods in nightly" in reason
    records = [judged("detection", 1, "seeded faults that slip through", 0.0, "slipped", subject="all suites",
                      note="10 of 10 as they should be")]  # fmt: skip
    assert "10 of 10 as they should be" in answer(present_detection, "detection", records)


@pytest.mark.parametrize(
    "metric",
    [
        "largest |coverage - level|",
        "coverage of the shipped 90% sup band of m",
        "coverage of the 90% sample band of i1z, distance from the middle of its 99 % law over the half width",
        "error of M over that of the pair product",
    ],
)
def test_metrics_of_the_trade_are_stated_in_everyday_words(metric: str) -> None:
    words = plain(metric)
    assert words
    assert not [term for term in ("sup ", "shipped", "|", "{", "conformal") if term in words]


def test_a_metric_that_says_what_it_is_has_no_second_name() -> None:
    assert plain("RMSE of M") == ""


def test_the_lower_limit_of_the_ratio_to_the_pair_product_is_explained() -> None:
    """The limit itself is tested with the suite of accuracy."""
    plan = PLANS["smoke"]
    assert plan.rounding == 1e-6
    assert "1e-6" in SUITES["spinach"].target(plan.ratio_target).reason
    assert "1e-6" in plain(plan.baselines[0].ratio)


def test_the_first_figure_tells_errors_below_single_precision_apart(tmp_path: Path) -> None:
    """Points at 1e-8 and 1e-9.5 are not at the same height, and the panels say why their case was chosen."""
    from matplotlib.figure import Figure

    retained: list[Figure] = []
    saved = Figure.savefig
    records = [
        judged("spinach", k, metric, value, None, case=f"chain-{k}-draw-1", subject=whose)
        for k, error in ((1, 1e-8), (2, 1e-6))
        for metric in ("RMSE of M", "relative error of M")
        for whose, value in (("toy", error), ("pair-product", 1e-2), ("weak-coupling", 1e-1))
    ]
    run = SuiteRun("spinach", "toy", "spinach", tuple(records), tmp_path)
    rows = [replace(row, role="chain") for row in rows_of(run)]
    try:
        Figure.savefig = lambda self, *a, **k: (retained.append(self), saved(self, *a, **k))[1]  # type: ignore[method-assign]
        draw(run, [replace(row, role="molecule-variant-test") for row in rows], tmp_path / "a.png")
    finally:
        Figure.savefig = saved  # type: ignore[method-assign]
    molecules = retained[0].axes[1]
    drawn = {line.get_label(): sorted(line.get_ydata()) for line in molecules.lines}
    assert drawn["toy"] == [1e-8, 1e-6]
    assert molecules.get_xticklabels()[0].get_text() == "2 molecule cases,\ntarget 0.001 (dashed)"
