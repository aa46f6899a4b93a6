"""A whole run of a task of a few lines: its own suite alone is collected, and every record names the task."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.nightly import NightlyOptions
from harness.task_folders import VARIABLE
from tests.plugin.running import REPO, Ran, run
from tests.task.making import make_task


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_task(tmp_path_factory.mktemp("tasks"))


def validate(folder: Path, toy: Path, *arguments: str) -> Ran:
    return run(folder, *arguments, "--validate-against", "truth", cwd=REPO, **{VARIABLE: str(toy)})


@pytest.mark.parametrize("named", [("harness/",), ("--pyargs", "harness.suites")])
def test_a_run_is_about_the_task_of_the_reference(toy: Path, tmp_path: Path, named: tuple[str, ...]) -> None:
    ran = validate(tmp_path, toy, *named)
    assert ran.status == 0, ran.out
    assert "spin-harness: rounded (reference) against truth, tier smoke" in ran.out
    assert "task: toy: May a rounded constant be trusted in place of the constant?" in ran.out
    assert "1 passed" in ran.out, "no suite of another task"
    (record,) = ran.report.records
    assert (record.task, record.suite, record.test) == ("toy", "toy", "harness.tasks.toy.suites.test_toy::test_error")
    assert record.command.startswith(f"{VARIABLE}={toy} pytest --pyargs {toy / 'suites' / 'test_toy.py'}::test_error ")


def test_a_suite_of_another_task_that_is_named_is_refused(toy: Path, tmp_path: Path) -> None:
    ran = validate(tmp_path, toy, "harness/tasks/spins/suites/fresh/test_fresh.py")
    assert ran.status == 4
    assert "test_fresh.py is a suite of the task spins, and --validate-against truth is the task toy" in ran.out


def test_all_suites_are_those_of_the_task_however_they_are_named(toy: Path, tmp_path: Path) -> None:
    """``harness.suites`` was the home of the suites of spins, and stays the name of all suites."""
    found = []
    for named in (("harness/",), ("--pyargs", "harness.suites")):
        given = ("--validate-against", "exact", "--subject", "exact", "--collect-only", "-q")
        printed = run(tmp_path, *named, *given, cwd=REPO, **{VARIABLE: str(toy)}).out
        found.append(sorted(line for line in printed.splitlines() if line.startswith("harness/")))
    assert found[0] == found[1]
    assert len(found[0]) > 5
    assert not any("toy" in line for line in found[0])


@pytest.mark.parametrize("optimised", [True, False])
def test_a_subject_that_is_not_there_is_refused_before_anything_runs(
    toy: Path, tmp_path: Path, optimised: bool
) -> None:
    """Also under ``python -O``, which leaves out every assert."""
    environment = {VARIABLE: str(toy)} | ({"PYTHONOPTIMIZE": "1"} if optimised else {})
    given = ("--pyargs", "harness.suites", "--validate-against", "truth", "--subject", "spin-graph")
    ran = run(tmp_path, *given, **environment)
    assert ran.status == 4
    assert "subject 'spin-graph' is one of the task spins" in ran.out
    assert not ran.folder.exists()


def test_tasks_are_listed_and_their_verbs_stand_below_their_names(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(toy))
    listed = {row["task"]: row for row in json.loads(CliRunner().invoke(cli, ["tasks", "--json"]).stdout)}
    assert listed["toy"]["production"] == "truth"
    assert listed["toy"]["suites"] == ["toy"]
    assert listed["spins"]["subject"] == "spin-graph"
    text = CliRunner().invoke(cli, ["tasks"]).stdout
    assert "toy: May a rounded constant be trusted in place of the constant?\n  production code  truth\n" in text
    assert CliRunner().invoke(cli, ["toy", "greet"]).stdout == "hello from the toy\n"
    assert "greet" not in CliRunner().invoke(cli, ["--help"]).stdout
    assert "The verbs of the task toy" in CliRunner().invoke(cli, ["--help"]).stdout


def test_a_nightly_run_takes_the_task_from_the_reference(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(toy))
    options = NightlyOptions(validate_against="truth")
    assert options.judged == "rounded"
    assert options.commands("data", tmp_path, tmp_path) == []
    (command,) = options.commands("suites", tmp_path, tmp_path)
    assert str(REPO / "harness") in command
    assert command[command.index("--subject") + 1] == "rounded"
    trained = NightlyOptions(validate_against="truth", train="rounded")
    (command,) = trained.commands("training", tmp_path, tmp_path)
    assert command[:1] == [sys.executable]
    assert command[3:6] == ["toy", "train", "rounded"]
    assert NightlyOptions().validate_against == "spinach"
