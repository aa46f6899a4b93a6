"""Free induction decays as files: read back by nmrglue and numpy, with their lines at their shifts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.exchange.jcamp_fid import jcamp_fid_of
from harness.tasks.spins.exchange.nmrpipe import MOST_POINTS, nmrpipe_of
from harness.tasks.spins.systems import Provenance, ShiftAxis, Trajectory

GRID = TimeGrid(4096, 2.5e-4)
SHIFT_PPM, CARRIER_PPM, FIELD_T = 3.1, 4.7, 14.1


def one_line(isotope: str = "1H") -> Trajectory:
    """One spin at :data:`SHIFT_PPM`, which decays with T2 = 0.1 s: not symmetric, so that a mirror image is seen."""
    axis = ShiftAxis.at(FIELD_T, CARRIER_PPM, isotope)
    signal = np.exp((2j * np.pi * float(axis.offset_hz(SHIFT_PPM)) - 10) * GRID.times_s)
    return Trajectory.of(GRID, Provenance("made"), signal, axis=axis)


@pytest.fixture
def nmrglue() -> object:
    return pytest.importorskip("nmrglue", reason="nmrglue (extra nmr) is not installed")


@pytest.mark.parametrize("isotope", ["1H", "13C", "15N"])
def test_nmrpipe_processed_by_nmrglue(nmrglue: object, tmp_path: Path, isotope: str) -> None:
    """NMRPipe's own transform, with the conversion of units that the file's header gives: the line is at its shift."""
    from nmrglue import pipe, pipe_proc

    trajectory = one_line(isotope)
    path = tmp_path / "a.fid"
    path.write_bytes(nmrpipe_of(trajectory, "one line"))
    head, data = pipe.read(str(path))
    np.testing.assert_allclose(data, trajectory.m, atol=1e-6)
    assert head["FDF2LABEL"] == isotope
    assert head["FDTITLE"].strip("\x00 ") == "one line"
    about = pipe.guess_udic(head, data)
    assert about[0]["sw"] == pytest.approx(1 / GRID.dt_s)
    assert about[0]["time"]
    assert about[0]["complex"]
    head, spectrum = pipe_proc.ft(head, data, auto=True)
    ppm = pipe.make_uc(head, spectrum).ppm_scale()
    step_ppm = abs(ppm[1] - ppm[0])
    assert ppm[np.argmax(spectrum.real)] == pytest.approx(SHIFT_PPM, abs=1.01 * step_ppm)
    assert ppm[0] > ppm[-1]


def test_jcamp_read_by_nmrglue(nmrglue: object, tmp_path: Path) -> None:
    from nmrglue import jcampdx

    trajectory = one_line()
    path = tmp_path / "a.jdx"
    path.write_text(jcamp_fid_of(trajectory, "one $$ line"), encoding="ascii")
    facts, (real, imaginary) = jcampdx.read(str(path))
    np.testing.assert_allclose(real + 1j * imaginary, trajectory.m, atol=2e-9)
    assert facts["DATATYPE"] == ["NMR FID"]
    assert facts["TITLE"] == ["one $ $ line"]
    about = jcampdx.guess_udic(facts, [real, imaginary])
    assert about[0]["obs"] == pytest.approx(600.342, abs=1e-3)
    assert about[0]["label"] == "1H"
    offset = float(facts["$O1"][0])
    assert offset / float(facts["$BF1"][0]) == pytest.approx(CARRIER_PPM)


@pytest.mark.parametrize("dt_s", [2.5e-4, 1 / 1900, 1e-6])
def test_jcamp_read_by_its_standard(dt_s: float) -> None:
    """A reader of a few lines: pages, factors, and the time of the first sample of each line."""
    grid = TimeGrid(100, dt_s)
    signal = np.exp((2j * np.pi * 100 - 10) * grid.times_s)
    text = jcamp_fid_of(Trajectory.of(grid, Provenance("made"), signal, axis=ShiftAxis.at(9.4, 2.0)), "x\n##END=")
    assert max(map(len, text.splitlines())) <= 80
    records = dict(re.findall(r"^##([^=]+)= (.*)$", text, flags=re.M))
    symbols = [word.strip() for word in records["SYMBOL"].split(",")]
    assert symbols == ["X", "R", "I", "N"]
    tables = {key: [word.strip() for word in records[key].split(",")] for key in ("FACTOR", "FIRST", "LAST", "VAR_DIM")}
    found = {}
    for symbol, body in re.findall(r"^##DATA TABLE= \(X\+\+\((R|I)\.\.\1\)\), XYDATA\n([^#]+)", text, flags=re.M):
        column = symbols.index(symbol)
        values: list[int] = []
        for line in body.splitlines():
            x, *numbers = re.findall(r"[+-]?\d+(?:\.\d+)?", line)
            assert float(x) == pytest.approx(len(values) * dt_s, abs=1e-3 * dt_s)
            values += map(int, numbers)
        assert len(values) == int(tables["VAR_DIM"][column]) == grid.points
        found[symbol] = np.array(values) * float(tables["FACTOR"][column])
        assert float(tables["FIRST"][column]) == found[symbol][0]
        assert float(tables["LAST"][column]) == found[symbol][-1]
    np.testing.assert_allclose(found["R"] + 1j * found["I"], signal, atol=2e-9)
    assert text.endswith("##END NTUPLES= NMR FID\n##END=\n")


def test_npz_read_by_numpy(tmp_path: Path) -> None:
    out = tmp_path / "a.npz"
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "alanine", "--mhz", "600", "--carrier-ppm", "4.7", "--t2-s", "0.1", "--out", str(out)])
    assert not ended.value.code
    with np.load(out, allow_pickle=False) as content:
        system = load_molecule("alanine").at(600 / 42.577478518, 4.7)
        grid = TimeGrid(300, 1e-4)
        expected = simulate(system, grid).m * np.exp(-grid.times_s / 0.1)
        np.testing.assert_allclose(content["m"], expected, atol=1e-5)
        np.testing.assert_array_equal(content["t_s"], grid.times_s)
        assert content["larmor_hz"] == pytest.approx(6e8)
        assert content["carrier_ppm"] == 4.7
        assert json.loads(str(content["about"]))["method"] == "exact"
        assert "spectrum" not in content


def test_decays_of_the_command_line_are_seconds_long(
    nmrglue: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from nmrglue import jcampdx, pipe

    for name in ("a.fid", "a.jdx"):
        with pytest.raises(SystemExit) as ended:
            main(["simulate", "alanine", "--mhz", "600", "--out", str(tmp_path / name)])
        assert not ended.value.code
        assert "acquisition: 7200 points" in capsys.readouterr().err
    _, decay = pipe.read(str(tmp_path / "a.fid"))
    _, (real, imaginary) = jcampdx.read(str(tmp_path / "a.jdx"))
    np.testing.assert_allclose(decay, real + 1j * imaginary, atol=1e-6)
    assert len(decay) == 7200


def test_without_nmrglue_one_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "nmrglue", None)
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "alanine", "--out", str(tmp_path / "a.fid")])
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert "nmrglue, which is not installed: pip install" in printed
    assert len(printed.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: jcamp_fid_of(simulate(SpinSystem([1.0], [[0.0]]), TimeGrid(4, 1e-3)), "x"), "needs a ppm axis"),
        (lambda: nmrpipe_of(simulate(SpinSystem([1.0], [[0.0]]), TimeGrid(4, 1e-3)), "x"), "needs a ppm axis"),
        (lambda: jcamp_fid_of(short(np.array([1.0])), "x"), "at least 2"),
        (lambda: jcamp_fid_of(short(np.array([1.0, np.nan])), "x"), r"m\[1\] = "),
        (lambda: nmrpipe_of(short(np.array([1.0, np.nan])), "x"), r"m\[1\] = "),
        (lambda: nmrpipe_of(short(np.zeros(MOST_POINTS + 1)), "x"), "its header counts to 16777216"),
    ],
)
def test_refusals(call: object, words: str, nmrglue: object) -> None:
    with pytest.raises(InputError, match=words):
        call()  # type: ignore[operator]


def short(signal: np.ndarray) -> Trajectory:
    return Trajectory.of(TimeGrid(len(signal), 1e-3), Provenance("made"), signal, axis=ShiftAxis.at(9.4, 1.0))
