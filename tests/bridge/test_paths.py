"""Paths with any character reach Octave: of the scratch folder, of Spinach, of the project, and in messages."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

import harness.tasks.spins.spinach.contract as contract
import harness.tasks.spins.spinach.round_trip as round_trip
from harness import SpinSystem, TimeGrid, simulate
from harness.tasks.spins.spinach.diagnosis import findings
from harness.tasks.spins.spinach.drivers import single
from harness.tasks.spins.spinach.faults import MFileError
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.oct2py_session import Oct2PySession
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.spinach.spinach import LANDMARKS, NoSpinach, find_spinach

NAMES = ["räum", "tmp Ωλ 'ß'", "日本 \U0001d70e", os.fsdecode(b"latin-1 \xe4")]


@pytest.fixture(params=range(len(NAMES)))
def named(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with letters of one to four bytes, the last not UTF-8."""
    folder = tmp_path / NAMES[request.param]
    folder.mkdir()
    return folder


def is_utf8(path: Path) -> bool:
    return "\udce4" not in str(path)


@pytest.fixture
def fake_spinach(named: Path) -> Path:
    """A Spinach whose first function stops with a message that holds its own path."""
    root = named / "Spinach"
    for landmark in LANDMARKS:
        (root / landmark).parent.mkdir(parents=True, exist_ok=True)
        (root / landmark).write_text("function varargout=x(varargin)\nend\n")
    for name in ("spin", "create"):
        body = f"function varargout={name}(varargin)\nerror('here:there','räum: %s',mfilename('fullpath'));\nend\n"
        (root / "kernel" / f"{name}.m").write_text(body, encoding="utf-8")
    return root


@pytest.mark.octave
def test_the_scratch_folder(named: Path, monkeypatch: pytest.MonkeyPatch, pair: SpinSystem, grid: TimeGrid) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(named))
    (outcome,) = OctaveBatch().run([Request.of(pair, grid)], "exact", "")
    np.testing.assert_allclose(single(outcome).m, simulate(pair, grid).m, atol=1e-12)
    assert not list(named.iterdir())


@pytest.mark.octave
def test_the_root_of_spinach_and_what_it_says(fake_spinach: Path, pair: SpinSystem, grid: TimeGrid) -> None:
    """The path arrives whole (it is found), and comes back whole in the message and in its place.

    One that is not UTF-8 is refused beforehand: Octave does not take it for its search path.
    """
    if not is_utf8(fake_spinach):
        with pytest.raises(NoSpinach, match="no path that is not UTF-8"):
            find_spinach(fake_spinach)
        return
    assert find_spinach(fake_spinach).root == fake_spinach
    (outcome,) = OctaveBatch().run([Request.of(pair, grid)], "spinach", str(fake_spinach))
    assert isinstance(outcome, MFileError)
    kernel = str(fake_spinach / "kernel" / "")
    assert f"räum: {kernel}/" in str(outcome)
    assert f"stopped at {kernel}/" in str(outcome)


@pytest.mark.octave
def test_the_folder_of_the_project(
    named: Path, monkeypatch: pytest.MonkeyPatch, pair: SpinSystem, grid: TimeGrid
) -> None:
    shutil.copytree(matlab_folder(), named / "matlab")
    monkeypatch.setattr("harness.tasks.spins.spinach.octave_batch.matlab_folder", lambda: named / "matlab")
    (outcome,) = OctaveBatch().run([Request.of(pair, grid)], "exact", "")
    np.testing.assert_allclose(single(outcome).m, simulate(pair, grid).m, atol=1e-12)


@pytest.mark.octave
def test_a_session_of_oct2py(named: Path, monkeypatch: pytest.MonkeyPatch, pair: SpinSystem, grid: TimeGrid) -> None:
    pytest.importorskip("oct2py", reason="oct2py (extra octave) is not installed")
    shutil.copytree(matlab_folder(), named / "matlab")
    monkeypatch.setattr("harness.tasks.spins.spinach.oct2py_session.matlab_folder", lambda: named / "matlab")
    monkeypatch.setattr("harness.tasks.spins.spinach.oct2py_session.memory_folder", lambda: str(named))
    with Oct2PySession() as session:
        (outcome,) = session.run([Request.of(pair, grid)], "exact", "")
    np.testing.assert_allclose(single(outcome).m, simulate(pair, grid).m, atol=1e-12)


@pytest.mark.octave
def test_the_doctor_tries_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fine as it is; a fault where paths are handed over as characters, which was the fault."""
    assert {f.what: f.state for f in findings(tmp_path)}["Octave's paths"] == "ok"
    monkeypatch.setattr(contract, "path_bytes", str)
    found = {f.what: f for f in findings(tmp_path)}["Octave's paths"]
    assert found.state == "fault"
    assert "scratch folder" in found.found
    assert "TMPDIR" in found.remedy


@pytest.mark.octave
def test_another_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the round trip: of 31 Hz where 30 were asked."""
    monkeypatch.setattr(round_trip, "SpinSystem", lambda offsets, couplings: SpinSystem([31.0], couplings))
    assert "another answer" in round_trip.path_fault(OctaveBatch())


@pytest.mark.spinach
@pytest.mark.parametrize("named", range(3), indirect=True)  # those that are UTF-8
def test_live_spinach_behind_such_a_path(named: Path, monkeypatch: pytest.MonkeyPatch, grid: TimeGrid) -> None:
    link = named / "Spinach"
    link.symlink_to(os.environ["SPINACH_ROOT"])
    system = SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]])
    monkeypatch.setattr(tempfile, "tempdir", str(named))
    (outcome,) = OctaveBatch().run([Request.of(system, grid)], "spinach", str(link))
    np.testing.assert_allclose(single(outcome).m, simulate(system, grid).m, atol=1e-10)
