"""The oct2py session: fast repeated calls, and what happens when its Octave goes away."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, simulate
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.oct2py_session import Oct2PySession
from harness.tasks.spins.spinach.request import Request

pytest.importorskip("oct2py", reason="oct2py is not installed (extra 'octave')")
pytestmark = [pytest.mark.octave, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture
def session():
    with Oct2PySession() as session:
        yield session


def busy_kernel(folder: Path) -> str:
    """A "Spinach" whose create() never returns."""
    kernel = folder / "kernel"
    (kernel / "utilities").mkdir(parents=True)
    for name in ("basis", "hamiltonian", "evolution", "utilities/tolerances"):
        (kernel / f"{name}.m").write_text("error('not Spinach');\n")
    (kernel / "spin.m").write_text("function g=spin(name)\ng=2.675e8;\nend\n")
    (kernel / "create.m").write_text("function ss=create(sys,inter)\nwhile true, pause(0.05); end\nend\n")
    return str(folder)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


def test_it_answers_what_a_batch_answers(session: Oct2PySession, pair: SpinSystem, grid: TimeGrid) -> None:
    for _ in range(2):
        (answer,) = session.run([Request.of(pair, grid)], "exact", "")
        assert isinstance(answer, Answer)
        np.testing.assert_allclose(answer.m, simulate(pair, grid, "exact").m, atol=1e-12)


def test_a_killed_octave_is_one_line_and_the_next_call_works(
    session: Oct2PySession, pair: SpinSystem, grid: TimeGrid, tmp_path: Path
) -> None:
    session.run([Request.of(pair, grid)], "exact", "")
    threading.Timer(1.0, os.kill, (session._pid, signal.SIGKILL)).start()
    with pytest.raises(EngineFault, match="died in mid-call"):
        session.run([Request.of(pair, grid)], "spinach", busy_kernel(tmp_path), limit_s=60)
    assert isinstance(session.run([Request.of(pair, grid)], "exact", "")[0], Answer)


def test_an_octave_that_never_answers_is_killed(
    session: Oct2PySession, pair: SpinSystem, grid: TimeGrid, tmp_path: Path
) -> None:
    session.run([Request.of(pair, grid)], "exact", "")
    pid = session._pid
    started = time.monotonic()
    with pytest.raises(EngineFault, match="no answer within 2 s"):
        session.run([Request.of(pair, grid)], "spinach", busy_kernel(tmp_path), limit_s=2.0)
    assert time.monotonic() - started < 7
    assert gone(pid)


def test_an_error_of_an_m_file(session: Oct2PySession, pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(MFileError, match="no Spinach in /nowhere"):
        session.run([Request.of(pair, grid)], "spinach", "/nowhere")
    assert isinstance(session.run([Request.of(pair, grid)], "exact", "")[0], Answer)


def test_closing_ends_octave(pair: SpinSystem, grid: TimeGrid) -> None:
    session = Oct2PySession()
    session.run([Request.of(pair, grid)], "exact", "")
    pid = session._pid
    session.close()
    assert gone(pid)


def test_a_missing_octave(pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(EngineFault, match="no-such-octave is not on the path"):
        Oct2PySession("no-such-octave").run([Request.of(pair, grid)], "exact", "")
