"""``harness convert`` as a user calls it, and JCAMP-DX read back by two other readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, load_molecule, simulate
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.exchange.jcamp import jcamp_of
from harness.tasks.spins.exchange.molecule_toml import toml_of
from harness.tasks.spins.spectra import Spectrum, cosine_window, spectrum_of
from tests.exchange.hostile import hostile_molecule


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("convert", *arguments)])
    return int(ended.value.code or 0)


def test_there_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("valine", "v.sxml", "--source", "govindaraju") == 0
    assert run("v.sxml", "v.toml") == 0
    assert run("v.toml", "again.sxml") == 0
    assert Path("again.sxml").read_bytes() == Path("v.sxml").read_bytes()
    assert load_molecule("v.toml").at(14.1) == load_molecule("valine", "govindaraju").at(14.1)


def test_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("alanine", "ala.m", "--field-t", 9.4, "--points", 10, "--dt-s", 1e-3, "--carrier-ppm", 2.5) == 0
    text = Path("ala.m").read_text(encoding="ascii")
    for words in ("function [fid,t]=ala()", "sys.magnet=9.4;", "dt=0.001; npoints=10;", "carrier_ppm=2.5;"):
        assert words in text


def test_hostile_names_touch_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_text(toml_of(hostile_molecule()), encoding="utf-8")
    for out in ("x.sxml", "x.m", "y.toml"):
        assert run("x.toml", out) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"x.toml", "x.sxml", "x.m", "y.toml"}
    assert load_molecule("y.toml").at(9.4) == load_molecule("x.toml").at(9.4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("alanine", "a.docx"), "ending must be one of"),
        (("alanine", "nowhere/a.toml"), "there is no folder"),
        (("alanin", "a.toml"), "'alanin' is unknown"),
        (("alanine.pdb", "a.toml"), "cannot be read; give"),
        (("a.sxml", "a.toml"), "cannot be read"),
        (("bad.xml", "a.toml"), "not well-formed"),
        (("hz.toml", "a.sxml"), "need shifts in ppm"),
        (("alanine", "2-a.m"), "MATLAB identifier"),
        (("alanine", "a.m", "--field-t", "-1"), "field_t = -1.0"),
        (("alanine", "a.m", "--points", "0"), "points = 0"),
        (("hz.toml", "a.m", "--source", "gissmo"), "leave --source out"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("bad.xml").write_text("<spin_system", encoding="utf-8")
    Path("hz.toml").write_text("offsets_hz = [1.0]\ncouplings_hz = [[0.0]]\n", encoding="utf-8")
    assert run(*arguments) == 2
    message = capsys.readouterr().err
    assert words in message
    assert len(message.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"bad.xml", "hz.toml"}


def alanine_spectrum(carrier_ppm: float = 2.616785, dt_s: float = 5e-4) -> Spectrum:
    grid = TimeGrid(2048, dt_s)
    signal = simulate(load_molecule("alanine").at(14.1), grid, observables=("m",)).m
    return spectrum_of(signal, grid, cosine_window(grid), zero_fill=1, field_t=14.1, carrier_ppm=carrier_ppm)


SPECTRA = {
    "alanine": lambda: alanine_spectrum(),
    "carrier off the grid": lambda: alanine_spectrum(carrier_ppm=3.14159, dt_s=3e-4),
    "short": lambda: Spectrum(np.array([-1e-3, 1e-3]), np.array([1.0, 2.0]), 6e8, 0.0),
    "fine steps": lambda: Spectrum(np.arange(9) * 1e-6, np.arange(9) + 1.0, 6e8, -4.0),
    "far from the reference": lambda: Spectrum(np.arange(9) * 0.3, np.arange(9) - 4.0, 1.2e9, 900.0),
    "tiny": lambda: Spectrum(np.arange(9) * 0.3, np.arange(9) * 1e-310, 6e8, 1.0),
    "zero": lambda: Spectrum(np.arange(9) * 0.3, np.zeros(9), 6e8, 1.0),
}


@pytest.mark.parametrize("case", SPECTRA)
def test_jcamp_read_by_its_standard(case: str) -> None:
    """A reader of a few lines, from the standard: every X agrees with FIRSTX and DELTAX to a thousandth of a step."""
    import re

    spectrum = SPECTRA[case]()
    text = jcamp_of(spectrum, "L-alanine\n##END=\n##TITLE= injected")
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("##TITLE=") == 2  # the record, and harmless words inside it
    assert len([line for line in text.splitlines() if line.startswith("##TITLE=")]) == 1
    head, data = text.split("##XYDATA= (X++(Y..Y))\n")
    records = dict(re.findall(r"^##([^=]+)= (.*)$", head, flags=re.M))
    ordinates: list[int] = []
    for line in data.splitlines():
        if line.startswith("##END="):
            break
        x, *values = re.findall(r"[+-]?\d+(?:\.\d+)?", line)
        at = float(records["FIRSTX"]) + len(ordinates) * float(records["DELTAX"])
        assert float(x) * float(records["XFACTOR"]) == pytest.approx(at, abs=1e-3 * abs(float(records["DELTAX"])))
        ordinates += map(int, values)
    assert len(ordinates) == int(records["NPOINTS"])
    last = float(records["FIRSTX"]) + (len(ordinates) - 1) * float(records["DELTAX"])
    assert last == pytest.approx(float(records["LASTX"]), abs=1e-3 * abs(float(records["DELTAX"])))
    assert float(records["FIRSTY"]) == ordinates[0] * float(records["YFACTOR"])
    np.testing.assert_allclose(
        np.array(ordinates) * float(records["YFACTOR"]),
        spectrum.absorption[::-1],
        atol=1e-9 * spectrum.absorption.max() + float(np.nextafter(0, 1)),
    )
    hz = np.linspace(float(records["FIRSTX"]), float(records["LASTX"]), len(ordinates))
    np.testing.assert_allclose(hz / float(records[".OBSERVE FREQUENCY"]), spectrum.ppm[::-1], atol=1e-9)


@pytest.mark.parametrize(
    ("title", "shown"),
    [("alanine", "alanine"), ("cost $$ 5", "cost $ $ 5"), ("$$$", "$ $ $"), ("Zoë α\x07", "Zoe ??"), ("", "untitled")],
)
def test_jcamp_read_by_nmrglue(tmp_path: Path, title: str, shown: str) -> None:
    """The same numbers, and the whole title: "$$" would begin a comment, and the format is ASCII."""
    jcampdx = pytest.importorskip("nmrglue.fileio.jcampdx", reason="nmrglue (extra nmr) is not installed")
    spectrum = alanine_spectrum()
    path = tmp_path / "a.jdx"
    path.write_text(jcamp_of(spectrum, title), encoding="ascii")
    facts, data = jcampdx.read(str(path))
    assert facts["TITLE"] == [shown]
    np.testing.assert_allclose(data, spectrum.absorption[::-1], atol=1e-9 * spectrum.absorption.max())
    assert facts["DATATYPE"] == ["NMR SPECTRUM"]


def test_jcamp_of_what_is_not_finite() -> None:
    with pytest.raises(InputError, match=r"spectrum\[1\] = nan, and 1 of 2 are not finite"):
        jcamp_of(Spectrum(np.array([0.0, 1.0]), np.array([np.nan, 1.0]), 6e8), "x")


def test_jcamp_needs_a_ppm_axis() -> None:
    grid = TimeGrid(8, 1e-3)
    with pytest.raises(InputError, match="ppm axis"):
        jcamp_of(spectrum_of(np.ones(8), grid), "x")
