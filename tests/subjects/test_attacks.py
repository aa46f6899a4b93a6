"""What a foreign object says is read as JSON and raw numbers; it runs no code in the judge and sets no clock there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from harness.subjects import load_subject
from harness.tasks.spins.systems import TimeGrid, chain
from tests.subjects.attacks import SLEEP_S

GRID = TimeGrid(40, 1e-4)
TWO = chain([10.0, -35.0], 7.0)
MODULE = "tests.subjects.attacks"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTACK_FILE", str(tmp_path / "attack"))
    made = []

    def start(name: str, limit_s: float = 60.0):
        made.append(load_subject(f"{MODULE}:{name}", limit_s))
        return made[-1]

    yield start
    for subject in made:
        subject.close()
    processes = (tmp_path / "attack").read_text().split() if (tmp_path / "attack").exists() else []
    assert str(os.getpid()) not in processes, "foreign code ran in the process that judges"


def test_the_payload_works_where_it_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the old way of reading a reply would have run it."""
    import pickle

    from tests.subjects.attacks import Payload, Text

    monkeypatch.setenv("ATTACK_FILE", str(tmp_path / "attack"))
    for crafted in (Payload(), Text("1.0")):
        pickle.loads(pickle.dumps(crafted))
    assert (tmp_path / "attack").read_text().split() == [str(os.getpid())] * 2


def test_a_crafted_version_is_text(ask) -> None:
    subject = ask("CraftedVersion")
    assert subject.provenance["version"] == "1.0"
    assert type(subject.provenance["version"]) is str
    assert subject.answer(TWO, GRID).problem == ""


def test_crafted_arrays_are_numbers(ask) -> None:
    answer = ask("crafted_array").answer(TWO, GRID)
    assert answer.problem == ""
    assert type(answer.trajectory.mx) is np.ndarray


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crafted_object", "returned shape (), (3, 40) wanted"),
        ("crafted_exception", "raised ValueError: "),
        ("escapes", "raised ValueError: [2Jred alarm"),
        ("pickles", "its process sent a message that is no JSON"),
        ("huge", "its process sent a message that is no JSON"),
        ("no_object", "its process sent a message that is a list and no JSON object"),
        ("deep", "its process sent a message that is no JSON"),
        ("wrong_count", "its process sent no list of 1 results"),
        ("wrong_row", "its process sent a result that is no JSON object"),
        ("unknown_array", "its process sent a result without the names of its arrays"),
        ("twice", "its process sent a result without the names of its arrays"),
        ("wrong_details", "its process sent details that are not at most 16 plain values"),
        ("too_long", "its process sent a message of 4611686018427387904 bytes, at most "),
        ("closes_its_pipe", "its process closed its pipe while answering"),
    ],
)
def test_what_is_no_answer_is_one_line_and_the_subject_is_requested_again(ask, name: str, words: str) -> None:
    subject = ask(name)
    for _ in range(2):
        answer = subject.answer(TWO, GRID)
        assert answer.trajectory is None
        assert words in answer.problem
        assert answer.problem.isprintable()


@pytest.mark.parametrize("name", ["stops_the_clock", "false_time"])
def test_the_judge_reads_its_own_clock(ask, name: str) -> None:
    subject = ask(name)
    for _ in range(2):  # the second call comes after the clock was changed
        answer = subject.answer(TWO, GRID)
        assert answer.problem == ""
        assert SLEEP_S <= answer.wall_s < SLEEP_S + 5


def test_the_start_of_a_child_is_not_in_the_time_of_its_answer(ask) -> None:
    """A child that died is replaced before the clock starts."""
    subject = ask("CraftedVersion")
    quick = min(subject.answer(TWO, GRID).wall_s for _ in range(5))
    subject.close()
    assert subject.answer(TWO, GRID).wall_s < quick + 0.3


def test_tracebacks_are_files_of_the_run(ask, tmp_path: Path) -> None:
    subject = ask("escapes")
    subject.keep_tracebacks(tmp_path)
    first, second = (subject.answer(TWO, GRID).problem for _ in range(2))
    assert first == second
    name = first.partition("(traceback: ")[2].rstrip(")")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert 'in escapes\n    raise ValueError("' in text
    assert len(list((tmp_path / "tracebacks").iterdir())) == 1, "one fault, one file"


def test_a_folder_that_cannot_be_written_to_is_stated_and_ends_nothing(ask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    subject = ask("escapes")
    subject.keep_tracebacks(tmp_path / "file")
    assert subject.answer(TWO, GRID).problem.endswith("(its traceback could not be stored: Not a directory)")


def test_the_stack_of_a_fatal_signal_is_retained(tmp_path: Path) -> None:
    subject = load_subject("tests.subjects.foreign_subjects:crashes")
    subject.keep_tracebacks(tmp_path)
    try:
        problem = subject.answer(TWO, GRID).problem
    finally:
        subject.close()
    assert problem.startswith("its process died with SIGSEGV while answering (traceback: tracebacks/")
    (retained,) = (tmp_path / "tracebacks").iterdir()
    assert "in crashes" in retained.read_text(encoding="utf-8")


def test_what_a_failing_program_printed_is_retained(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as elsewhere:
        program = Path(elsewhere) / "program"
        program.write_text("#!/bin/sh\necho first >&2\necho last >&2\nexit 7\n", encoding="utf-8")
        program.chmod(0o755)
        subject = load_subject(str(program))
        subject.keep_tracebacks(tmp_path)
        problem = subject.answer(TWO, GRID).problem
    assert problem.startswith("the program ended with exit status 7: last (traceback: tracebacks/")
    (retained,) = (tmp_path / "tracebacks").iterdir()
    assert retained.read_text(encoding="utf-8") == "first\nlast\n"
