"""octave-cli as a child process: answers, and every way in which it can fail to."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, simulate
from harness.bridge.process import run_limited
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import single
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from tests.bridge.processes import descendants_of

octave = pytest.mark.octave


def program(folder: Path, body: str) -> str:
    """An executable shell script in place of octave-cli."""
    path = folder / "octave-cli"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@octave
def test_it_answers_several_requests_in_one_process(pair: SpinSystem, grid: TimeGrid) -> None:
    other = pair.with_(offsets_hz=[1.0, 2.0], tagged_spin=1)
    requested = [Request.of(pair, grid), Request.of(other, grid, ("i1z",))]
    first, second = OctaveBatch().run(requested, "exact", "")
    expected = simulate(pair, grid, "exact")
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    np.testing.assert_allclose(first.m, expected.m, atol=1e-12)
    np.testing.assert_allclose(second.i1z, simulate(other, grid, "exact").i1z, atol=1e-12)
    assert second.m is None


@octave
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_the_independent_exact_fid_agrees_with_ours(n: int) -> None:
    """Two programs, two languages, two block structures: 1e-12 is rounding."""
    rng = np.random.default_rng(n)
    couplings = np.triu(rng.uniform(-20, 20, (n, n)), 1)
    isotopes = ["1H", "13C", "1H", "15N", "1H"][:n]
    system = SpinSystem(
        rng.uniform(-200, 200, n), couplings + couplings.T, isotopes=isotopes, tagged_spin=int(rng.integers(n))
    )
    every = ("m", "i1z", "spin_signals", "spin_polarisations")
    ours, theirs = (simulate(system, TimeGrid(50, 1e-3), method, every) for method in ("exact", "octave"))
    for name in ("m", "i1z", "spin_signals", "spin_polarisations"):
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), atol=1e-12)
    assert theirs.provenance.method == "octave"
    assert "spinach" not in str(theirs.provenance.as_dict()).lower()


def test_a_missing_octave_says_what_to_do() -> None:
    found = OctaveBatch("no-such-octave").probe()
    assert not found.usable
    assert "no-such-octave is not on the path" in found.reason
    assert "apt-get install octave" in found.reason
    with pytest.raises(EngineFault, match="cannot be started"):
        OctaveBatch("no-such-octave").run([], "exact", "")


def test_an_old_octave_is_refused_by_version(tmp_path: Path) -> None:
    old = program(tmp_path, 'echo "GNU Octave, version 5.2.0"')
    found = OctaveBatch(old).probe()
    assert not found.usable
    assert "Octave 5.2.0 is too old" in found.reason


@pytest.mark.parametrize(
    ("body", "predicted"),
    [
        ("echo 'liboctave.so.10: cannot open' >&2; exit 127", "exit status 127: liboctave.so.10"),
        ("kill -SEGV $$", "killed by SIGSEGV"),
        ("exit 0", "exit status 0"),
    ],
)
def test_an_octave_that_dies_at_start_is_refused_with_its_words(tmp_path: Path, body: str, predicted: str) -> None:
    broken = program(tmp_path, body)
    found = OctaveBatch(broken).probe()
    assert not found.usable
    assert predicted in found.reason


def test_an_octave_that_dies_in_a_call_is_one_line(tmp_path: Path, pair: SpinSystem, grid: TimeGrid) -> None:
    broken = program(tmp_path, "echo 'fatal: out of memory' >&2; exit 3")
    with pytest.raises(EngineFault, match=r"ended early \(exit status 3\): fatal: out of memory"):
        OctaveBatch(broken).run([Request.of(pair, grid)], "exact", "")


def test_an_octave_that_leaves_no_result_is_one_line(tmp_path: Path, pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(EngineFault, match="ended without a result"):
        OctaveBatch(program(tmp_path, "exit 0")).run([Request.of(pair, grid)], "exact", "")


def test_an_engine_that_never_answers_is_killed_with_all_its_children(
    tmp_path: Path, pair: SpinSystem, grid: TimeGrid
) -> None:
    """It ignores SIGTERM and has a child of its own; both are gone within the limit and 5 s."""
    marker = f"never-answers-{os.getpid()}"
    deaf = program(tmp_path, f"trap '' TERM INT HUP\nMARK={marker} sleep 600 &\nMARK={marker} sleep 600\nsleep 600")
    started = time.monotonic()
    with pytest.raises(EngineFault, match="no answer within 1 s and was killed"):
        OctaveBatch(deaf).run([Request.of(pair, grid)], "exact", "", limit_s=1.0)
    assert time.monotonic() - started < 6.0
    assert descendants_of(marker) == []


@octave
def test_a_real_octave_that_never_answers_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "endless.m"
    script.write_text("while true, pause(0.1); end\n")
    marker = f"endless-{os.getpid()}"
    started = time.monotonic()
    done = run_limited(["octave-cli", "--norc", "--quiet", str(script)], 2.0, env={"MARK": marker})
    assert done.timed_out
    assert time.monotonic() - started < 7.0
    assert descendants_of(marker) == []


def test_another_thread_can_end_a_call(tmp_path: Path, pair: SpinSystem, grid: TimeGrid) -> None:
    driver = OctaveBatch(program(tmp_path, "sleep 600"))
    threading.Timer(0.5, driver.abort).start()
    started = time.monotonic()
    with pytest.raises(EngineFault, match="killed by SIGKILL"):
        driver.run([Request.of(pair, grid)], "exact", "")
    assert time.monotonic() - started < 10


@octave
def test_an_m_file_error_reaches_the_user_with_file_and_line(tmp_path: Path, pair: SpinSystem, grid: TimeGrid) -> None:
    """A "Spinach" whose create() fails in its fourth line."""
    root = fake_spinach(tmp_path)
    (root / "kernel" / "create.m").write_text(
        "% a comment\nfunction ss=create(sys,inter)\n\nerror('the magnet quenched.');\nend\n"
    )
    (outcome,) = OctaveBatch().run([Request.of(pair, grid)], "spinach", str(root))
    assert isinstance(outcome, MFileError)
    assert f"{root}/kernel/create.m:4: the magnet quenched." in str(outcome)
    assert "harness_spinach" in outcome.where
    with pytest.raises(MFileError, match="quenched"):
        single(outcome)


@octave
def test_a_bad_root_is_an_m_file_error_too(pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(EngineFault, match="no Spinach in /nowhere"):
        OctaveBatch().run([Request.of(pair, grid)], "spinach", "/nowhere")


def fake_spinach(folder: Path) -> Path:
    """Enough of a kernel to be put on the path; nothing of Spinach is in it."""
    kernel = folder / "kernel"
    (kernel / "utilities").mkdir(parents=True)
    for name in ("create", "basis", "hamiltonian", "evolution", "utilities/tolerances"):
        function = name.rpartition("/")[2]
        (kernel / f"{name}.m").write_text(f"function varargout={function}(varargin)\nerror('not Spinach');\nend\n")
    (kernel / "spin.m").write_text("function g=spin(name)\ng=2.675e8;\nend\n")
    return folder


@octave
def test_options_travel(pair: SpinSystem, grid: TimeGrid, tmp_path: Path) -> None:
    """A kernel that reports what it was given: settings and ppm arrive as documented."""
    root = fake_spinach(tmp_path)
    (root / "kernel" / "create.m").write_text(
        "function ss=create(sys,inter)\n"
        "error('B=%g chop=%g out=%s dis=%s J=%g ppm=%.12g',sys.magnet,sys.tols.prop_chop,sys.output,...\n"
        "      sys.disable{1},inter.coupling.scalar{1,2},inter.zeeman.scalar{1});\nend\n"
    )
    requested = Request.of(pair, grid, options=SpinachOptions(magnet_t=2.0, prop_chop=1e-15))
    (outcome,) = OctaveBatch().run([requested], "spinach", str(root))
    ppm = 1e6 * 30.0 / (-2.675e8 * 2.0 / (2 * np.pi))
    assert f"B=2 chop=1e-15 out=hush dis=hygiene J=12 ppm={ppm:.12g}" in str(outcome)


@octave
def test_nothing_is_left_behind(
    pair: SpinSystem, grid: TimeGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    OctaveBatch().run([Request.of(pair, grid)], "exact", "")
    assert list(tmp_path.iterdir()) == []
