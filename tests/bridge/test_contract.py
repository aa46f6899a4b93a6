"""Result files that cannot be right are refused: NaN, wrong lengths, complex numbers, wrong schemas."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from harness import SpinSystem, TimeGrid
from harness.tasks.spins.spinach.contract import Answer, read_answers, write_requests
from harness.tasks.spins.spinach.faults import MFileError, ResultFault
from harness.tasks.spins.spinach.request import Request

POINTS = 5


@pytest.fixture
def requested() -> Request:
    system = SpinSystem([10.0, -20.0], [[0, 7.0], [7.0, 0]])
    return Request.of(system, TimeGrid(POINTS, 1e-3), ("m", "i1z", "spin_signals", "spin_polarisations"))


def good_job() -> dict[str, Any]:
    ones, zeros = np.ones(POINTS), np.zeros(POINTS)
    return {
        "ok": 1.0,
        "m_re": ones,
        "m_im": zeros,
        "i1z_re": ones,
        "i1z_im": zeros,
        "spins_re": np.ones((2, POINTS)),
        "spins_im": np.zeros((2, POINTS)),
        "pols_re": np.ones((2, POINTS)),
        "pols_im": np.zeros((2, POINTS)),
        "offsets_hz": np.array([10.0, -20.0]),
        "couplings_hz": np.array([[0, 7.0], [7.0, 0]]),
        "dim": 4.0,
        "stages": np.array(["create", "evolution_m"], dtype=object),
        "wall_s": np.array([0.1, 0.2]),
        "cpu_s": np.array([0.1, 0.2]),
    }


def written(folder: Path, *jobs: dict[str, Any], **changes: Any) -> Path:
    cells = np.empty((1, len(jobs)), dtype=object)
    for k, job in enumerate(jobs):
        cells[0, k] = job
    result = {
        "schema": "spin-harness-result-1",
        "engine": "octave",
        "engine_version": "7.3.0",
        "setup_wall_s": 0.1,
        "setup_cpu_s": 0.1,
        "jobs": cells,
    } | changes
    savemat(folder / "result.mat", {"result": result})
    return folder / "result.mat"


def test_a_good_result_is_read(tmp_path: Path, requested: Request) -> None:
    (answer,) = read_answers(written(tmp_path, good_job()), [requested])
    assert isinstance(answer, Answer)
    assert answer.m is not None
    assert answer.m.shape == (POINTS,)
    assert answer.spin_signals is not None
    assert answer.spin_signals.shape == (2, POINTS)
    assert answer.stages["create"] == (0.1, 0.1)
    assert answer.stages["setup"] == (0.1, 0.1)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("m_re", np.r_[1, np.nan, np.ones(POINTS - 2)], r"'m_re': nan at element 1 of 5"),
        ("m_im", np.r_[0, 0, np.inf, 0, 0], r"'m_im': inf at element 2"),
        ("m_re", np.ones(POINTS - 1), "4 numbers where 5 are due"),
        ("m_re", np.ones(POINTS + 1), "6 numbers where 5 are due"),
        ("m_re", np.ones(POINTS) + 1j, "'m_re': complex where real is due"),
        ("i1z_im", np.full(POINTS, 1e-3), "'i1z': complex where real is due"),
        ("i1z_re", np.full(POINTS, 0.5), "where 1 is due"),
        ("m_re", np.full(POINTS, 2.0), "where 1 is due"),
        ("spins_re", np.ones((1, POINTS)), "5 numbers where 2 x 5 are due"),
        ("pols_im", np.full((2, POINTS), 0.1), "'pols': complex where real is due"),
        ("offsets_hz", np.array([10.0]), "'offsets_hz': 1 numbers where 2 are due"),
        ("couplings_hz", np.full((2, 2), np.nan), "'couplings_hz': nan"),
    ],
)
def test_a_wrong_result_is_refused(tmp_path: Path, requested: Request, field: str, value: Any, message: str) -> None:
    (fault,) = read_answers(written(tmp_path, good_job() | {field: value}), [requested])
    assert isinstance(fault, ResultFault)
    with pytest.raises(ResultFault, match=message):
        raise fault


def test_a_missing_field_is_refused(tmp_path: Path, requested: Request) -> None:
    job = good_job()
    del job["m_im"]
    (fault,) = read_answers(written(tmp_path, job), [requested])
    assert isinstance(fault, ResultFault)


def test_an_error_of_an_m_file_keeps_its_place_and_spares_the_others(tmp_path: Path, requested: Request) -> None:
    failed = {
        "ok": 0.0,
        "message": "something\nwent wrong",
        "identifier": "x:y",
        "file": "/spinach/kernel/basis.m",
        "line": 658.0,
        "where": "/spinach/kernel/basis.m:658 (basis)\n",
    }
    first, second = read_answers(written(tmp_path, failed, good_job()), [requested, requested])
    assert isinstance(first, MFileError)
    assert str(first) == "octave stopped at /spinach/kernel/basis.m:658: something went wrong"
    assert "basis" in first.where
    assert isinstance(second, Answer)


def test_a_result_for_other_requests_is_refused(tmp_path: Path, requested: Request) -> None:
    with pytest.raises(ResultFault, match="2 answers to 1 requests"):
        read_answers(written(tmp_path, good_job(), good_job()), [requested])
    with pytest.raises(ResultFault, match="schema 'other'"):
        read_answers(written(tmp_path, good_job(), schema="other"), [requested])


@pytest.mark.parametrize("content", [b"", b"MATLAB 5.0 MAT-file", b"\x00" * 200])
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, requested: Request, content: bytes) -> None:
    path = tmp_path / "result.mat"
    path.write_bytes(content)
    with pytest.raises(ResultFault, match="not a readable result"):
        read_answers(path, [requested])


def test_a_request_file_holds_numbers_to_the_bit(tmp_path: Path, requested: Request) -> None:
    from scipy.io import loadmat

    path = tmp_path / "request.mat"
    root = "/a räum/with 'quotes'"
    write_requests(path, [requested, requested], "spinach", root, tmp_path)
    request = loadmat(path, simplify_cells=True)["request"]
    assert request["spinach_root"].tobytes() == os.fsencode(root)
    assert request["scratch"].tobytes() == os.fsencode(tmp_path)
    assert len(request["jobs"]) == 2
    np.testing.assert_array_equal(request["jobs"][0]["offsets_hz"], requested.system.offsets_hz)
    assert request["jobs"][0]["dt_s"] == requested.grid.dt_s
    assert request["jobs"][0]["tagged"] == 1
