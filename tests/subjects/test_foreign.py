"""Foreign Python objects: the good are heard, the bad fail with their reason, and the next case goes on."""

from __future__ import annotations

import numpy as np
import pytest

from harness.errors import InputError
from harness.subjects import load_subject
from harness.tasks.spins.systems import TimeGrid, chain

GRID = TimeGrid(40, 1e-4)
TWO = chain([10.0, -35.0], 7.0)
THREE = chain([10.0, -35.0, 60.0], 7.0)
MODULE = "tests.subjects.foreign_subjects"


@pytest.fixture
def ask():
    made = []

    def start(name: str, limit_s: float = 60.0):
        made.append(load_subject(f"{MODULE}:{name}", limit_s))
        return made[-1]

    yield start
    for subject in made:
        subject.close()


@pytest.mark.parametrize("name", ["right", "as_array", "single_precision", "prints", "Batched", "Simulates"])
def test_every_accepted_form_gives_the_same_trajectory(ask, name: str) -> None:
    from tests.subjects.foreign_subjects import right

    answer = ask(name).answer(TWO, GRID)
    assert answer.problem == ""
    assert np.allclose(answer.trajectory.mx, right(TWO, GRID)["mx"], atol=1e-6)
    assert np.allclose(answer.trajectory.i1z, 1)
    assert 0 < answer.wall_s < 10


def test_what_is_left_out_is_none(ask) -> None:
    assert ask("without_i1z").answer(TWO, GRID).trajectory.i1z is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "raised ValueError: no such luck"),
        ("leaves", "raised SystemExit: goodbye"),
        ("not_a_number", "mx: nan at point 17 (t = 0.0017 s), 1 such points"),
        ("infinite", "i1z: inf at point 0"),
        ("wrong_shape", "my: wrong shape (41,), (40,) wanted"),
        ("wrong_dtype", "mx: wrong dtype complex128"),
        ("integers", "i1z: wrong dtype int64"),
        ("words", "i1z: wrong dtype"),
        ("nothing", "returned None"),
        ("half_of_m", "only one of mx and my"),
        ("unknown_key", "unknown keys ['mz']"),
        ("mutates", "mutated its input: offsets_hz"),
        ("replaces", "mutated its input: couplings_hz"),
        ("writes_to_read_only", "raised ValueError"),
        ("TooFew", "returned 0 results for 1 systems"),
    ],
)
def test_a_bad_answer_is_a_problem_of_one_line(ask, name: str, words: str) -> None:
    answer = ask(name).answer(TWO, GRID)
    assert answer.trajectory is None
    assert words in answer.problem
    assert "\n" not in answer.problem


@pytest.mark.parametrize(
    ("name", "limit_s", "words"),
    [
        ("raises_once_on_three", 60.0, "three is too many"),
        ("hangs", 1.0, "its process gave no result within 1 s while answering"),
        ("dies", 60.0, "its process ended with exit status 3 while answering"),
    ],
)
def test_the_next_case_goes_on(ask, name: str, limit_s: float, words: str) -> None:
    subject = ask(name, limit_s)
    assert subject.answer(TWO, GRID).problem == ""
    assert words in subject.answer(THREE, GRID).problem
    assert subject.answer(TWO, GRID).problem == ""


def test_batches(ask) -> None:
    for name in ("Batched", "BatchesFail", "right"):
        answers = ask(name).answers([TWO, THREE, TWO], GRID)
        assert [a.problem for a in answers] == ["", "", ""]
        assert not np.allclose(answers[0].trajectory.mx, answers[1].trajectory.mx)
        assert np.array_equal(answers[0].trajectory.mx, answers[2].trajectory.mx)
    assert [bool(a.problem) for a in ask("raises_once_on_three").answers([TWO, THREE, TWO], GRID)] == [0, 1, 0]


def test_provenance_tells_type_and_version(ask) -> None:
    about = ask("Batched").provenance
    assert about["type"] == "Batched"
    assert about["version"] == "2.5"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("no_such_module_at_all:x", "no module named 'no_such_module_at_all'"),
        (f"{MODULE}:absent", "has no 'absent'"),
        (f"{MODULE}:number", "neither predict nor simulate"),
        (f"{MODULE}:NeedsArguments", "making a NeedsArguments raised TypeError"),
        ("spin-grph", "subject 'spin-grph' is unknown"),
        ("./not/there", "there is no such file"),
        (":", "is unknown"),
    ],
)
def test_what_cannot_be_loaded_is_refused_in_one_line(spec: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        load_subject(spec)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("limit_s", [0.0, -1.0, float("nan")])
def test_a_limit_must_be_positive(limit_s: float) -> None:
    with pytest.raises(InputError, match="positive"):
        load_subject("exact", limit_s)


def test_named_references_answer_in_this_process() -> None:
    subject = load_subject("exact")
    assert subject.kind == "reference"
    assert subject.answer(TWO, GRID).trajectory.mx[0] == pytest.approx(1)
