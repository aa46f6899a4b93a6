"""``harness simulate --relaxation`` as a user calls it."""

from __future__ import annotations

import csv
import json
import shlex
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
    predicted = capsys.readouterr().err
    assert words in predicted
    assert len(predicted.strip().splitlines()) == 1


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


def verb(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


T1_T2 = ("--relaxation", "t1_t2", "--r1-per-s", 1, "--r2-per-s", 2)


def test_advise_compares_the_methods_that_relax(capsys: pytest.CaptureFixture[str]) -> None:
    assert verb("advise", "alanine", *T1_T2, "--points", 64, "--dt-s", 5e-4, "--json") == 0
    predicted = json.loads(capsys.readouterr().out)
    options = {option["method"]: option for option in predicted["options"]}
    assert set(options) == {"liouville-dense", "liouville-krylov", "liouville-neighbourhoods"}
    assert all(option["error"] < 1e-8 for option in options.values())
    assert options["liouville-krylov"]["error_source"] == "to dense"
    words = shlex.split(predicted["command"])
    assert words[words.index("--relaxation") :] == ["--relaxation", "t1_t2", "--r1-per-s", "1.0", "--r2-per-s", "2.0"]
    assert verb(*words[1:], "--json") == 0  # the command that it prints does run


def test_advise_names_what_is_too_large_and_what_reaches_no_such_error(capsys: pytest.CaptureFixture[str]) -> None:
    grid = ("--points", 64, "--dt-s", 1.5e-4)
    assert verb("advise", "strychnine", *T1_T2, *grid, "--error", 1e-12, "--json") == 1
    predicted = json.loads(capsys.readouterr().out)
    refused = {option["method"]: option["refused"] for option in predicted["options"]}
    assert refused["liouville-neighbourhoods"] == ""
    assert refused["liouville-dense"].startswith("22 spins")
    assert refused["liouville-krylov"].startswith("22 spins; it takes at most 8")
    assert predicted["reasons"][0].startswith("no method reaches 1e-12 here: the finest is liouville-neighbourhoods")


def test_compare_takes_systems_that_relax_where_they_are_selected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ("--select", "relaxation-t1_t2-2-spins-draw-1", "--out", tmp_path / "page", "--json")
    assert verb("compare", "liouville-dense", "exact", *chosen) == 0
    predicted = capsys.readouterr()
    rows = {row["subject"]: row for row in json.loads(predicted.out)["leaderboard"]}
    assert (rows["liouville-dense"]["answered"], rows["exact"]["answered"]) == (2, 0)  # draws 1 and 10
    assert rows["exact"]["refused"] == 2


@pytest.mark.parametrize(
    ("relaxation", "words"),
    [
        ('model = "redfield"\ntau_c_s = 1e-10\nfield_t = 14.1', "positions_angstrom is missing"),
        ('model = "redfield"\npositions_angstrom = [[0,0,0],[0,0,2]]\nfield_t = 14.1', "tau_c_s is missing"),
        ('model = "damp"\ndamp_rate_per_s = -1.0', "damp_rate_per_s = -1 is negative"),
        ('model = "t1_t2"\nr1_per_s = [1.0, -2.0]\nr2_per_s = [1.0, 2.0]', "r1_per_s = -2 is negative"),
        ('model = "t1_t2"\nr1_per_s = [1.0, 2.0]\nr2_per_s = [1.0, 0.9]', "R2 = 0.9 of spin 1 is below R1/2 = 1"),
        (
            'model = "redfield"\ntau_c_s = 1e-10\nfield_t = 14.1\npositions_angstrom = [[0,0,0],[0,0,0.0]]',
            "spins 0 and 1 are 0 Å apart",
        ),
        (
            'model = "redfield"\ntau_c_s = 1e-10\nfield_t = 14.1\npositions_angstrom = [[0,0,0],[0,0,2]]\n'
            "csa_ppm = [[[0,1,0],[2,0,0],[0,0,0]],[[0,0,0],[0,0,0],[0,0,0]]]",
            "csa_ppm of spin 0 is not symmetric: [0, 1] = 1 but [1, 0] = 2",
        ),
        ('model = "damp"\ndamp_rate_per_s = 1.0\nequilibrium = "dibari"\nfield_t = 14.1', "needs temperature_k"),
    ],
)
def test_bad_relaxation_in_a_file_is_one_line(
    tmp_path: Path, relaxation: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every verb that reads the file says the same: value, place, remedy, exit status 2."""
    path = tmp_path / "pair.toml"
    head = "offsets_hz = [10.0, -10.0]\ncouplings_hz = [[0.0, 7.0], [7.0, 0.0]]\n[relaxation]\n"
    path.write_text(head + relaxation + "\n", encoding="utf-8")
    for name in ("simulate", "advise", "peaks"):
        assert verb(name, path) == 2
        predicted = capsys.readouterr().err.strip()
        assert "pair.toml" in predicted
        assert words in predicted
        assert len(predicted.splitlines()) == 1


def test_surrogates_refuse_in_one_line_and_name_what_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("spin-graph", "fno-general"):
        assert verb("simulate", "alanine", *T1_T2, "--method", name) == 2
        predicted = capsys.readouterr().err.strip()
        assert "knows no relaxation" in predicted
        assert "liouville-neighbourhoods" in predicted
        assert len(predicted.splitlines()) == 1
