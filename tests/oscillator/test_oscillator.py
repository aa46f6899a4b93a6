"""A task that is not part of the package goes through every common suite: as pytest runs it, and its own pieces."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.plugin.running import REPO, Ran, run

TASK = REPO / "tests" / "oscillator" / "oscillator"
COMMON = {"accuracy", "conservation", "cost", "detection", "inverse", "ood", "uncertainty"}
LINES = 250
"""Lines of all modules of the task, blank ones too: more would say that the common suites leave too much to it."""


def of(folder: Path, subject: str) -> Ran:
    given = ["harness/", "--validate-against", "damped-oscillator", "--subject", subject]
    return run(folder, *given, cwd=REPO, HARNESS_TASKS=str(TASK))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return of(tmp_path_factory.mktemp("oscillator"), "rk4")


@pytest.fixture
def physics(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HARNESS_TASKS", str(TASK))
    from harness.task import task_named

    task_named("oscillator")
    import harness.tasks.oscillator.physics as found  # type: ignore[import-not-found]

    return found


def test_every_suite_judges_and_every_planned_number_is_there(ran: Ran) -> None:
    assert ran.status == 0, ran.out
    assert {record.suite for record in ran.report.records} == COMMON
    plan = ran.report.context.options["plan"]
    assert plan["planned"] == plan["judged"] > 30
    assert not plan["missing"]


def test_every_suite_has_a_control_that_misses(ran: Ran) -> None:
    controls = [record for record in ran.report.records if record.role == "control"]
    assert {record.suite for record in controls} == COMMON
    assert all(record.verdict == "pass" for record in controls)


def test_tables_documents_figures_and_pages_are_there(ran: Ran) -> None:
    names = ["accuracy.csv", "cost.csv", "cost.json", "conservation.json", "ood.csv", "inverse.json",
             "uncertainty.json", "fault_matrix.csv", "fault_matrix.json"]  # fmt: skip
    figures = ["accuracy", "cost", "front", "observables", "laws", "ood", "inverse", "uncertainty", "faults"]
    for name in (*names, *(f"figures/{figure}.png" for figure in figures)):
        assert (ran.folder / name).stat().st_size > 0, name
    with open(ran.folder / "cost.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["method"], row["size"]) for row in rows} >= {("rk4", "1"), ("rk4", "4"), ("euler", "4")}
    assert {"rmse_x", "max_rmse_x"} <= set(rows[0])
    assert json.loads((ran.folder / "fault_matrix.json").read_text())["frequency"]
    html = (ran.folder / "report.html").read_text(encoding="utf-8")
    assert "could not be drawn" not in html
    for words in ("Out of distribution", "Inverse problem", "Detection power", "Not part of this run, and why"):
        assert words in html


def test_nothing_of_another_task_is_stated(ran: Ran) -> None:
    html = (ran.folder / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"base64,[^\"]+", "", html) + ran.out  # pictures as text may hold any word
    for word in ("Spinach", "I1z", "I_1z", "pair product", "chain-"):
        assert word not in text, word


def test_the_control_fails_as_a_subject(tmp_path: Path) -> None:
    ran = of(tmp_path, "euler")
    assert ran.status == 1, ran.out
    failed = {record.suite for record in ran.report.records if record.unmet}
    assert {"accuracy", "conservation", "cost", "ood", "inverse"} <= failed


def test_the_task_is_short() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in TASK.rglob("*.py")) < LINES


def test_the_exact_solution_solves_the_equation(physics) -> None:
    """Against an adaptive integrator of another family, to its tolerance."""
    (system,) = physics.Population("", 1).draw(1, 3)
    (omega,), gamma, grid = system.omega, system.gamma, physics.GRID
    found = solve_ivp(lambda t, y: [y[1], -2 * gamma * y[1] - omega**2 * y[0]], (0, grid.horizon_s), [1.0, 0.0],
                      t_eval=grid.times_s, rtol=1e-10, atol=1e-12, method="DOP853")  # fmt: skip
    assert np.abs(physics.Exact().simulate(system, grid).arrays["x"] - found.y[0]).max() < 1e-9


@pytest.mark.parametrize(("method", "order"), [("RungeKutta", 4), ("Euler", 1)])
def test_integrators_have_their_order(physics, method: str, order: int) -> None:
    from harness.trajectory import TimeGrid

    (system,) = physics.Population("", 1).draw(1, 3)
    errors = []
    for points in (101, 201):
        grid = TimeGrid(points, 2.0 / (points - 1))
        one, exact = (kind().simulate(system, grid).arrays["x"] for kind in (getattr(physics, method), physics.Exact))
        errors.append(abs(one[-1] - exact[-1]))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)
