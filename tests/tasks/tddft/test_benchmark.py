"""Cost at equal error: what is compared, what counts as fastest, and the record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.tasks.tddft.benchmarks.equal_error import ratios, record, run
from harness.tasks.tddft.benchmarks.figure import GROUPS, LARGEST, front_figure
from harness.tasks.tddft.benchmarks.methods import NETWORKS
from harness.tasks.tddft.benchmarks.plan import Plan, Point
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.system_file import load_system

PULSE = Pulse(0.02, 0.4, centre_au=6.0)
RECORD = Path(__file__).parents[3] / "benchmarks" / "tddft" / "h2-hf" / "equal-error.json"


@pytest.fixture(scope="module")
def measured() -> tuple[Plan, list[Point]]:
    system = replace(load_system("h2"), functional="lda", quadrature=1).under(PULSE)
    plan = Plan(system, 12.0, (0,), (0.2, 0.4), (0.2, 0.4), (0.8,), (0.9,), runs=1, em_steps_au=(0.2,))
    return plan, run(plan)


def test_every_method_has_an_error_and_a_cost(measured: tuple[Plan, list[Point]]) -> None:
    points = {point.method: point for point in measured[1]}
    assert points["cfm4 0.2"].error < points["cfm4 0.4"].error < 1e-2
    assert points["cfm4 0.2, grid 0"].error > points["cfm4 0.2"].error
    assert points["kernel 0.2"].builds == 0
    assert points["kernel+quad of 0.9, steps of 0.2"].error < 0.5 * points["kernel 0.2"].error
    assert points["kernel+quad of 0.9, steps of 0.2"].builds == 0
    assert points["anchored every 0.8, steps of 0.2"].error < points["kernel 0.2"].error
    assert points["anchored every 0.8, steps of 0.2"].builds < points["cfm4 0.4"].builds
    assert all(point.cpu_s > 0 for point in points.values())
    assert {point.kind for point in points.values()} == {"cfm4", "em", "model", "baseline"}


@pytest.fixture(scope="module")
def of_h2() -> list[Point]:
    """H2 in Hartree-Fock, on which the networks were trained."""
    system = load_system("h2").under(Pulse(0.02, 0.4))
    return run(Plan(system, 25.6, (), (0.2, 0.4), (0.4,), runs=1, em_steps_au=(0.2, 0.4)))


def test_trained_networks_and_baselines_are_on_the_front_of_h2(of_h2: list[Point]) -> None:
    pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
    pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")
    points = {point.method: point for point in of_h2}
    assert {point.method for point in of_h2 if point.kind == "network"} == set(NETWORKS)
    assert all(points[name].error < 0.05 and points[name].cpu_s > 0 for name in NETWORKS)
    assert not any("quad" in name or "anchored" in name for name in points)  # the kernel is exact in Hartree-Fock
    assert points["kernel 0.4"].error == pytest.approx(points["cfm4 0.4"].error, rel=1e-3)
    assert points["geometry 0.4"].error == pytest.approx(points["cfm4 0.4"].error, rel=1e-2)
    assert points["em 0.4"].error == pytest.approx(4 * points["em 0.2"].error, rel=0.1)
    assert points["em-one-corrector 0.2"].builds < points["em 0.2"].builds
    assert min(points["frozen"].error, points["prony"].error) > 0.5
    assert points["prony"].builds > 0 == points["frozen"].builds


def test_every_method_of_the_record_of_h2_is_drawn() -> None:
    found = json.loads(RECORD.read_text())
    (ax,) = front_figure(found).axes
    labels = {line.get_label() for line in ax.lines}
    assert {*NETWORKS, "kernel", "geometry", "em", "cfm4", "linear response", "frozen", "prony"} <= labels
    drawn = sum(np.size(line.get_xdata()) for line in ax.lines)
    assert drawn == sum(0 < one["error"] < LARGEST for one in found["points"])
    assert labels <= set(GROUPS.values())


def test_the_networks_lose_in_the_record_of_h2() -> None:
    """As docs/tddft.md states: the exact Fock matrix takes less time at a smaller error."""
    points = json.loads(RECORD.read_text())["points"]
    exact = {one["method"]: one for one in points if one["kind"] == "cfm4"}
    for network in (one for one in points if one["kind"] == "network"):
        best = exact["cfm4 0.2"]
        assert best["error"] < network["error"]
        assert best["cpu_s"] < 0.2 * network["cpu_s"]


def test_the_fastest_that_reaches_the_error_counts() -> None:
    def point(method: str, kind: str, error: float, seconds: float) -> Point:
        return Point(method, kind, error, seconds, 1, 0.0)

    points = [
        point("fine", "cfm4", 1e-5, 8.0), point("coarse", "cfm4", 5e-3, 2.0), point("model", "model", 2e-3, 0.5),
        point("anchored", "model", 5e-4, 4.0), point("sum over states", "baseline", 4e-3, 0.1),
        point("frozen", "baseline", 4e-3, 0.01),
    ]  # fmt: skip
    found = {one.error: one for one in ratios(points, (1e-4, 1e-3, 1e-2))}
    assert set(found) == {1e-3, 1e-2}  # no model reaches 1e-4
    assert (found[1e-3].factor, found[1e-3].linear) == (2.0, None)
    assert (found[1e-2].factor, found[1e-2].cfm4.method, found[1e-2].model.method) == (4.0, "coarse", "model")
    assert found[1e-2].linear is points[-2]


def test_the_record_is_plain_and_is_drawn(measured: tuple[Plan, list[Point]]) -> None:
    found = json.loads(json.dumps(record(*measured)))
    assert found["plan"]["system"]["functional"] == "lda"
    assert len(found["points"]) == len(measured[1])
    assert len(front_figure(found).axes) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kick", "0.01"], "--pulse: is missing"),
        (
            ["--functional", "lda", "--pulse", "0.02", "0.4", "--quadrature", "1", "--coarser", "1"],
            "must be below --quadrature 1",
        ),
        (["--pulse", "0.02", "0.4", "--coarser", "0"], "--coarser 0: hf is summed on no grid"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, options: list[str], words: str) -> None:
    found = CliRunner().invoke(cli, ["tddft", "benchmark", "h2", *options, "--out", str(tmp_path)])
    assert found.exit_code != 0
    assert words in str(found.exception) + found.output
