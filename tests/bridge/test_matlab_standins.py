"""The MATLAB drivers against stand-ins: the documented interface, Octave behind it. See standins/README.md."""

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
from harness.tasks.spins.spinach.drivers import single
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.matlab_batch import MatlabBatch, engine_pip_line, matlab_release
from harness.tasks.spins.spinach.matlab_engine import MatlabEngine
from harness.tasks.spins.spinach.request import Request

pytestmark = [pytest.mark.octave, pytest.mark.usefixtures("matlab_engine_standin", "matlab_program_standin")]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def engine():
    driver = MatlabEngine()
    yield driver
    driver.close()


def busy_kernel(folder: Path) -> str:
    """A "Spinach" whose create() never returns."""
    kernel = folder / "kernel"
    (kernel / "utilities").mkdir(parents=True)
    for name in ("basis", "hamiltonian", "evolution", "utilities/tolerances"):
        (kernel / f"{name}.m").write_text("error('not Spinach');\n")
    (kernel / "spin.m").write_text("function g=spin(name)\ng=2.675e8;\nend\n")
    (kernel / "create.m").write_text("function ss=create(sys,inter)\nwhile true, pause(0.05); end\nend\n")
    return str(folder)


@pytest.mark.parametrize("make", [MatlabEngine, MatlabBatch])
def test_both_ways_answer(make: type, pair: SpinSystem, grid: TimeGrid) -> None:
    driver = make()
    assert driver.probe().usable
    try:
        answer = single(driver.run([Request.of(pair, grid)], "exact", "")[0])
    finally:
        driver.close()
    np.testing.assert_allclose(answer.m, simulate(pair, grid, "exact").m, atol=1e-12)


def test_the_engine_stays_for_the_next_call(engine: MatlabEngine, pair: SpinSystem, grid: TimeGrid) -> None:
    for _ in range(2):
        assert isinstance(engine.run([Request.of(pair, grid)], "exact", "")[0], Answer)
        pid = engine._pid
    assert alive(pid)
    engine.close()
    assert not alive(pid)


def test_an_engine_killed_in_mid_call_is_one_line_and_the_next_call_works(
    engine: MatlabEngine, pair: SpinSystem, grid: TimeGrid, tmp_path: Path
) -> None:
    engine.run([Request.of(pair, grid)], "exact", "")
    pid = engine._pid
    threading.Timer(1.0, os.kill, (pid, signal.SIGKILL)).start()
    started = time.monotonic()
    with pytest.raises(EngineFault, match="died in mid-call"):
        engine.run([Request.of(pair, grid)], "spinach", busy_kernel(tmp_path))
    assert time.monotonic() - started < 10
    assert isinstance(engine.run([Request.of(pair, grid)], "exact", "")[0], Answer)


def test_an_engine_that_never_answers_is_killed(
    engine: MatlabEngine, pair: SpinSystem, grid: TimeGrid, tmp_path: Path
) -> None:
    engine.run([Request.of(pair, grid)], "exact", "")
    pid = engine._pid
    started = time.monotonic()
    with pytest.raises(EngineFault, match="no answer within 2 s"):
        engine.run([Request.of(pair, grid)], "spinach", busy_kernel(tmp_path), limit_s=2.0)
    assert time.monotonic() - started < 7
    assert not alive(pid)


def test_an_engine_that_does_not_start_in_time(
    monkeypatch: pytest.MonkeyPatch, pair: SpinSystem, grid: TimeGrid
) -> None:
    monkeypatch.setenv("STANDIN_ENGINE_START_S", "3")
    with pytest.raises(EngineFault, match=r"did not start within 0\.2 s"):
        MatlabEngine(start_limit_s=0.2).run([Request.of(pair, grid)], "exact", "")


def test_an_engine_without_a_licence(monkeypatch: pytest.MonkeyPatch, pair: SpinSystem, grid: TimeGrid) -> None:
    monkeypatch.setenv("STANDIN_ENGINE_LICENCE", "none")
    with pytest.raises(EngineFault, match="License checkout failed"):
        MatlabEngine().run([Request.of(pair, grid)], "exact", "")


@pytest.mark.parametrize("make", [MatlabEngine, MatlabBatch])
def test_an_m_file_error_carries_file_and_line(make: type, pair: SpinSystem, grid: TimeGrid, tmp_path: Path) -> None:
    root = Path(busy_kernel(tmp_path))
    (root / "kernel" / "create.m").write_text("function ss=create(sys,inter)\nerror('no helium.');\nend\n")
    driver = make()
    try:
        (outcome,) = driver.run([Request.of(pair, grid)], "spinach", str(root))
    finally:
        driver.close()
    assert isinstance(outcome, MFileError)
    assert "kernel/create.m:2: no helium." in str(outcome)


def test_an_error_before_the_first_request_is_reported(engine: MatlabEngine, pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(MFileError, match="no Spinach in /nowhere"):
        engine.run([Request.of(pair, grid)], "spinach", "/nowhere")
    with pytest.raises(EngineFault, match="no Spinach in /nowhere"):
        MatlabBatch().run([Request.of(pair, grid)], "spinach", "/nowhere")


def test_the_batch_program_has_a_time_limit(pair: SpinSystem, grid: TimeGrid, tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(EngineFault, match="MATLAB gave no answer within 2 s and was killed"):
        MatlabBatch().run([Request.of(pair, grid)], "spinach", busy_kernel(tmp_path), limit_s=2.0)
    assert time.monotonic() - started < 7


def test_the_stand_in_has_the_documented_interface() -> None:
    import matlab.engine  # type: ignore[import-not-found]

    assert "standins" in str(matlab.engine.__file__)
    future = matlab.engine.start_matlab(background=True)
    session = future.result(timeout=30)
    try:
        assert future.done()
        assert session.sqrt(4.0) == 2.0
        assert session.feval("plus", 1.0, 2.0) == 3.0
        np.testing.assert_array_equal(session.transpose(matlab.double([[1, 2], [3, 4]])), [[1, 3], [2, 4]])
        assert session.feval("disp", "x", nargout=0) is None
        with pytest.raises(matlab.engine.MatlabExecutionError, match="not found"):
            session.feval("no_such_function")
        slow = session.feval("pause", 30.0, nargout=0, background=True)
        with pytest.raises(matlab.engine.TimeoutError):
            slow.result(timeout=0.2)
        assert slow.cancel()
        with pytest.raises(matlab.engine.CancelledError):
            slow.result()
    finally:
        session.quit()
    with pytest.raises(matlab.engine.EngineError, match="Unable to connect"):
        matlab.engine.connect_matlab("nobody")
    assert matlab.engine.find_matlab() == ()


@pytest.mark.parametrize(
    ("release", "line"),
    [("R2025b", "matlabengine==25.2.*"), ("R2023b", "matlabengine==23.2.*"), ("R2024a", "matlabengine==24.1.*")],
)
def test_the_pip_line_fits_the_release(release: str, line: str) -> None:
    assert line in engine_pip_line(release)


def test_a_release_without_a_wheel_for_this_python() -> None:
    assert "R2023b or newer" in engine_pip_line("R2022a")
    assert "of your release" in engine_pip_line(None)


def test_the_release_is_read_from_the_installation(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "matlab"
    program.parent.mkdir()
    program.write_text("")
    assert matlab_release(str(program)) is None
    (tmp_path / "VersionInfo.xml").write_text("<release>R2025b</release>")
    assert matlab_release(str(program)) == "R2025b"
    assert matlab_release(None) is None


@pytest.mark.usefixtures("forget_matlab")
def test_a_wheel_that_does_not_load_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "matlab" / "engine"
    broken.mkdir(parents=True)
    (tmp_path / "matlab" / "__init__.py").write_text("")
    (broken / "__init__.py").write_text("raise EnvironmentError('R2024a is not installed')")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = MatlabEngine().probe()
    assert not found.usable
    assert "R2024a is not installed" in found.reason
    assert "pip install" in found.reason
