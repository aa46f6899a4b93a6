"""Cost at equal error: what is compared, what counts as fastest, and the record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.tasks.tddft.benchmarks.equal_error import Plan, Point, ratios, record, run
from harness.tasks.tddft.benchmarks.figure import front_figure
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.system_file import load_system

PULSE = Pulse(0.02, 0.4, centre_au=6.0)


@pytest.fixture(scope="module")
def measured() -> tuple[Plan, list[Point]]:
    system = replace(load_system("h2"), functional="lda", quadrature=1).under(PULSE)
    plan = Plan(system, 12.0, (0,), (0.2, 0.4), (0.2, 0.4), (0.8,), (0.9,))
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
    assert {point.kind for point in points.values()} == {"cfm4", "model", "baseline"}


def test_the_fastest_that_reaches_the_error_counts() -> None:
    def point(method: str, kind: str, error: float, seconds: float) -> Point:
        return Point(method, kind, error, seconds, 1, 0.0)

    points = [
        point("fine", "cfm4", 1e-5, 8.0), point("coarse", "cfm4", 5e-3, 2.0), point("model", "model", 2e-3, 0.5),
        point("anchored", "model", 5e-4, 4.0), point("linear", "baseline", 4e-3, 0.1),
    ]  # fmt: skip
    found = {one.error: one for one in ratios(points, (1e-4, 1e-3, 1e-2))}
    assert set(found) == {1e-3, 1e-2}  # no model reaches 1e-4
    assert (found[1e-3].factor, found[1e-3].linear) == (2.0, None)
    assert (found[1e-2].factor, found[1e-2].cfm4.method, found[1e-2].model.method) == (4.0, "coarse", "model")
    assert found[1e-2].linear is points[-1]


def test_the_record_is_plain_and_is_drawn(measured: tuple[Plan, list[Point]]) -> None:
    found = json.loads(json.dumps(record(*measured)))
    assert found["plan"]["system"]["functional"] == "lda"
    assert len(found["points"]) == len(measured[1])
    assert len(front_figure(found).axes) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kick", "0.01"], "--pulse: is missing"),
        (["--pulse", "0.02", "0.4", "--quadrature", "1", "--coarser", "1"], "must be below --quadrature 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, options: list[str], words: str) -> None:
    found = CliRunner().invoke(cli, ["tddft", "benchmark", "h2", *options, "--out", str(tmp_path)])
    assert found.exit_code != 0
    assert words in str(found.exception) + found.output
