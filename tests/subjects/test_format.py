"""Answers of a task that is data alone: arrays by name, with more axes than time, through files and child processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from harness.subjects import Subject, load_subject
from harness.subjects.format import BadResult, format_of
from harness.subjects.replies import Malformed, decoded, encoded, rows_of
from harness.subjects.requests import request_of, results_of, systems_of
from harness.task import task_named
from harness.trajectory import Provenance, TimeGrid, Trajectory

GRID = TimeGrid(6, 0.5)
FOLDER = Path(__file__).parents[1] / "rotors"
PROGRAM = """
import json, sys
sys.path.insert(0, {folder!r})
from task import place
request = json.load(open(sys.argv[1]))
rows = [place(s["rate"], request["grid"]["points"]) for s in request["systems"]]
result = dict(schema="harness-result-1", trajectories=[dict(place=row.tolist()) for row in rows])
json.dump(result, open(sys.argv[2], "w"))
"""


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_TASKS", str(FOLDER))


@pytest.fixture
def subjects() -> Iterator[list[Subject]]:
    made: list[Subject] = []
    yield made
    for subject in made:
        subject.close()


def rotor(rate: float):
    from harness.tasks.rotors.task import Rotor

    return Rotor(rate)


def good() -> dict[str, np.ndarray]:
    return {"place": np.arange(12.0).reshape(2, 6), "speed": np.ones(6)}


def test_named_methods_foreign_objects_and_programs_give_one_answer(tmp_path: Path, subjects: list[Subject]) -> None:
    task = task_named("rotors")
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\n{PROGRAM.format(folder=str(FOLDER))}", encoding="utf-8")
    program.chmod(0o755)
    for spec in ("circle", "harness.tasks.rotors.task:Circle", str(program)):
        subjects.append(load_subject(spec, 60.0, task))
        answers = subjects[-1].answers([rotor(1.0), rotor(2.0)], GRID)
        assert [answer.problem for answer in answers] == ["", ""], spec
        for answer, rate in zip(answers, (1.0, 2.0), strict=True):
            expected = np.array([np.cos(rate * GRID.times_s), np.sin(rate * GRID.times_s)])
            np.testing.assert_allclose(answer.trajectory.arrays["place"], expected, atol=1e-12)
            assert answer.trajectory.grid == GRID
    assert subjects[0].offers == {"place", "speed"}
    assert subjects[0].model is not None
    assert all(subject.model is None for subject in subjects[1:])


def test_an_object_that_changes_its_system_is_found_out(subjects: list[Subject]) -> None:
    subjects.append(load_subject("harness.tasks.rotors.task:changes", 60.0, task_named("rotors")))
    assert "mutated its input: rate" in subjects[0].answer(rotor(1.0), GRID).problem


def test_a_reply_says_the_shapes_of_arrays_with_further_axes() -> None:
    form = format_of("rotors")
    message, raw = encoded(rows_of([good()], GRID, form))
    assert message["results"][0]["shapes"] == {"place": [2, 6]}
    predicted = decoded(message, 1, GRID, form, BytesIO(raw).read)
    assert isinstance(predicted, list)
    (row,) = predicted
    for key, array in good().items():
        np.testing.assert_array_equal(row.arrays[key], array)


@pytest.mark.parametrize("shape", [[6, 2], [12], [2, 5], [0, 6], [-2, 6], [2.0, 6], "2,6", [1 << 40, 6], [True, 6]])
def test_a_shape_that_cannot_be_is_malformed(shape: object) -> None:
    message = {"results": [{"given": ["place"], "details": {}, "shapes": {"place": shape}}]}
    with pytest.raises(Malformed, match="shape of place"):
        decoded(message, 1, GRID, format_of("rotors"), lambda size: pytest.fail("numbers were read"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": np.ones((6, 2))}, r"place: wrong shape \(6, 2\), \(…, 6\) wanted"),
        ({"place": np.ones(6)}, "place: wrong shape"),
        ({"speed": np.ones((1, 6))}, r"speed: wrong shape \(1, 6\), \(6,\) wanted"),
        ({"speed": np.array([1, 1, np.nan, 1, 1, 1.0])}, r"speed: nan at point 2 \(t = 1 s\), 1 such points"),
        ({"speed": np.ones(6, complex)}, "wrong dtype complex128"),
        ({"height": np.ones(6)}, r"unknown keys \['height'\] \(known: place, speed\)"),
    ],
)
def test_what_is_wrong_is_stated_of_the_array(change: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(BadResult, match=words):
        format_of("rotors").plain(good() | change, GRID)


@pytest.mark.parametrize(
    ("result", "words"), [(None, "None"), (3.0, "float, a mapping"), ({}, "without place or speed")]
)
def test_what_holds_no_array_is_no_result(result: object, words: str) -> None:
    with pytest.raises(BadResult, match=words):
        format_of("rotors").plain(result, GRID)


def test_a_trajectory_is_a_result_and_is_made_of_one() -> None:
    form = format_of("rotors")
    one = form.trajectory(form.plain(good(), GRID), GRID, Provenance("x"))
    assert isinstance(one, Trajectory)
    assert form.plain(one, GRID).keys() == {"place", "speed"}


@pytest.mark.parametrize("place", [[1.0] * 6, [[1.0] * 6, [1.0] * 5], [["1"] * 6] * 2, [[True] * 6] * 2, "x"])
def test_lists_of_a_result_file_are_as_deep_as_the_axes(place: object) -> None:
    text = json.dumps({"schema": "harness-result-1", "trajectories": [{"place": place}]})
    with pytest.raises(BadResult, match="place"):
        results_of(text.encode(), 1, format_of("rotors"))


def test_a_request_holds_systems_as_the_codec_writes_them() -> None:
    codec = task_named("rotors").codec
    request = request_of([rotor(3.0)], GRID, codec)
    assert request["systems"] == [{"rate": 3.0, "size": 1}]
    systems, grid = systems_of(json.loads(json.dumps(request)), codec)
    assert (systems[0].rate, grid) == (3.0, GRID)
