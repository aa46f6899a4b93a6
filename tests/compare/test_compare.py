"""Subjects side by side: a fair ranking, and a folder that holds it."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.compare import command
from harness.compare.measure import Answered
from harness.compare.ranking import Board, markdown
from harness.compare.ranking import rank as ranked
from harness.errors import InputError
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.suites.compared import cases_of
from harness.tasks.spins.suites.truth import resolve_truth
from harness.tasks.spins.task import TASK

METRICS = [TASK.metrics[key] for key in TASK.compared]


def predicted(subject: str, case: str, error: float | None, seconds: float = 1.0, **more: str) -> Answered:
    return Answered(subject, case, "chain", "chains", 4, (error, None), None if error is None else seconds, **more)


def rank(answers: list[Answered]) -> Board:
    return ranked(answers, METRICS)


def test_a_subject_that_declines_the_hard_cases_does_not_gain_by_it() -> None:
    board = rank(
        [
            predicted("brave", "easy", 1e-6), predicted("brave", "hard", 1e-2),
            predicted("picky", "easy", 1e-5), predicted("picky", "hard", None, refused="picky: too large"),
        ]
    )  # fmt: skip
    assert [(p.subject, p.rank) for p in board.places] == [("brave", 1), ("picky", 2)]
    assert (board.cases, board.common) == (2, 1)
    picky = board.places[1]
    assert (picky.answered, picky.refused, picky.failed, picky.reason) == (1, 1, 0, "picky: too large")
    assert "picky: 1 cases without an answer: picky: too large" in markdown(board, "x")


def test_a_subject_that_answers_nothing_has_no_rank_and_spoils_nothing() -> None:
    board = rank([predicted("a", "one", 1e-3), predicted("broken", "one", None, problem="raised ValueError: no")])
    assert [(p.subject, p.rank, p.failed) for p in board.places] == [("a", 1, 0), ("broken", 0, 1)]
    assert board.common == 1


def test_the_front_is_who_is_not_beaten_in_both() -> None:
    board = rank(
        [predicted("exact", "c", 1e-12, 1.0), predicted("quick", "c", 1e-2, 0.01), predicted("poor", "c", 1e-1, 0.5)]
    )
    assert {p.subject: p.on_front for p in board.places} == {"exact": True, "quick": True, "poor": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compare")
    program = out / "constant.py"
    program.write_text("import numpy as np\ndef constant(system, grid):\n    return np.ones((3, grid.points))\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        arguments = ["exact", "pair-product", "constant:constant", "--select", "chain-4-", "--out", str(out / "c")]
        result = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
    assert result.exception is None, result.exception
    (out / "stdout.json").write_text(result.stdout)
    return out


def test_a_real_comparison(folder: Path) -> None:
    found = json.loads((folder / "stdout.json").read_text())
    order = [(place["rank"], place["subject"]) for place in found["leaderboard"]]
    assert order == [(1, "exact"), (2, "pair-product"), (3, "constant:constant")]
    assert found["cases"] == found["common"] >= 5
    assert found["leaderboard"][0]["worst_rmse_m"] < 1e-10
    assert all(math.isfinite(answer["seconds"]) for answer in found["answers"])
    assert found["reference"] == "spinach"


def test_the_files_have_the_columns_that_they_always_had(folder: Path) -> None:
    """Programs of users read them by these names."""
    with open(folder / "c" / "leaderboard.csv", newline="") as file:
        assert next(csv.reader(file)) == [
            "rank", "subject", "answered", "refused", "failed", "rmse_m", "worst_rmse_m", "worst_case", "rmse_i1z",
            "seconds", "on_front", "reason",
        ]  # fmt: skip
    with open(folder / "c" / "cases.csv", newline="") as file:
        assert next(csv.reader(file)) == [
            "subject", "case", "kind", "spins", "rmse_m", "rmse_i1z", "seconds", "refused", "problem"
        ]  # fmt: skip


def test_its_folder(folder: Path) -> None:
    with open(folder / "c" / "leaderboard.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["subject"] for row in rows] == ["exact", "pair-product", "constant:constant"]
    assert (folder / "c" / "front.png").read_bytes().startswith(b"\x89PNG")
    page = (folder / "c" / "compare.html").read_text()
    assert "http" not in page.replace("http://www.w3.org", ""), "self-contained"
    assert "Ranked on the" in page
    commit = next(
        entry.details["spinach_commit"] for entry in SpinachCache.open().entries("chain") if "chain-4" in entry.case
    )
    for text in (page, (folder / "c" / "leaderboard.md").read_text()):
        assert f"Compared with: Spinach {commit[:12]} under octave " in text
        assert "Cases: 9 of the 9 cases of a validation" in text
        assert "Front: no other subject is both quicker and more accurate" in text
    assert re.search(r"on: [^<]+, \d+ cores, [\d.]+ GiB of memory, \w+ [^<]+\. With: python 3\.", page)


def test_which_cases_are_requested_and_which_are_left_out() -> None:
    truth = resolve_truth("spinach", False, False)
    cases, counted = cases_of(truth)
    assert counted == (
        f"{len(cases)} of the 143 cases of a validation; left out: 30 variants of molecules (the molecules stand for "
        "them), 4 whose M is one undamped line (glycine: everybody is right)"
    )
    assert len(cases) == 143 - 30 - 4
    assert cases_of(truth, select="chain-2-strong")[1] == "4 of the 4 cases of a validation"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["exact", "exact"], "named twice"),
        (["exact", "nobody"], "subject 'nobody' is unknown"),
        (["exact", "--select", "caffeine"], "no case has this"),
        (["exact", "--reference", "nobody"], "is unknown"),
    ],
)
def test_bad_input_is_refused_before_anything_is_measured(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_a_comparison_is_not_overwritten(tmp_path: Path):
    arguments = ["exact", "pair-product", "--select", "chain-2-draw-1", "--out", str(tmp_path / "c")]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "c").iterdir()}
    again = CliRunner().invoke(command, arguments)
    assert isinstance(again.exception, InputError)
    assert "is not empty" in str(again.exception)
    assert "--out" in str(again.exception)
    assert {path: path.read_bytes() for path in (tmp_path / "c").iterdir()} == before
