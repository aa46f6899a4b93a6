"""``harness simulate --relaxation`` as a user calls it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, load_molecule, simulate
from harness.cli import main


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("simulate", *arguments)])
    return int(ended.value.code or 0)


def test_the_library_call_to_the_bit(tmp_path: Path) -> None:
    out = tmp_path / "alanine.csv"
    options = ("--relaxation", "redfield", "--tau-c-s", 1e-10, "--field-t", 9.4, "--points", 64, "--dt-s", 5e-4)
    assert run("alanine", *options, "--out", out) == 0
    system = load_molecule("alanine").at(9.4, relaxation={"model": "redfield", "tau_c_s": 1e-10})
    expected = simulate(system, TimeGrid(64, 5e-4), "liouville-neighbourhoods")
    table = np.array(list(csv.reader(out.read_text(encoding="utf-8").splitlines()))[1:], dtype=float).T
    for column, array in zip(table[1:], (expected.mx, expected.my, expected.i1z), strict=True):
        np.testing.assert_array_equal(column, array)


def test_a_spectrum_gets_no_second_decay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--relaxation", "t1_t2", "--r1-per-s", 1, "--r2-per-s", 2, "--spectrum", "--mhz", 400)
    assert run("glycine", *options, "--out", tmp_path / "glycine.csv") == 0
    assert ", T2 " not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("alanine", "--relaxation", "redfield"), "tau_c_s is missing"),
        (("leucine", "--relaxation", "redfield", "--tau-c-s", 1e-10), "needs positions"),
        (("alanine", "--tau-c-s", 1e-10), "add --relaxation MODEL"),
        (("alanine", "--relaxation", "damping"), "did you mean 'damp'"),
        (("alanine", "--relaxation", "t1_t2", "--r1-per-s", 2, "--r2-per-s", 0.5), "below R1/2"),
        (("alanine", "--relaxation", "damp", "--damp-rate-per-s", 1, "--method", "exact"), "knows no relaxation"),
        (("alanine", "--relaxation", "damp", "--damp-rate-per-s", 1, "--method", "spin-graph"), "knows no relaxation"),
    ],
)
def test_bad_input_is_one_line(options: tuple[object, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*options) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_a_file_of_offsets_holds_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my_system.toml"
    path.write_text(
        'offsets_hz = [10.0]\ncouplings_hz = [[0.0]]\n[relaxation]\nmodel = "damp"\ndamp_rate_per_s = 2.0\n',
        encoding="utf-8",
    )
    assert run(path, "--points", 3, "--dt-s", 1e-2) == 0
    assert float(capsys.readouterr().out.splitlines()[-1].split(",")[3]) == pytest.approx(np.exp(-0.04), abs=1e-12)
    assert run(path, "--relaxation", "damp", "--damp-rate-per-s", 1) == 2
    assert "add [relaxation] to that file" in capsys.readouterr().err
