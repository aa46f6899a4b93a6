"""Spinach scripts: the text, and that they run."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.exchange.molecule_toml import toml_of
from harness.tasks.spins.exchange.spinach_script import comment_text, quoted, spinach_script_of
from harness.tasks.spins.exchange.spinxml import read_spinxml, spinxml_of
from harness.tasks.spins.spinach import MoleculeRequest, SpinachCache
from harness.tasks.spins.spinach.laboratory import FIELDS_T, MADE, made
from harness.tasks.spins.systems import STANDARD_GRID, Molecule
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio
from tests.exchange.hostile import NAMES, hostile_molecule
from tests.exchange.script_reader import fid_of

GRID = TimeGrid(40, 2e-4)


def test_every_number_is_in_the_script() -> None:
    molecule = load_molecule("valine")
    text = spinach_script_of(molecule, "valine_fid", 14.1, GRID)
    assert text.splitlines()[11] == "function [fid,t]=valine_fid()"
    for value in (*molecule.shifts_ppm.tolist(), *molecule.couplings_hz[np.triu(molecule.couplings_hz) != 0].tolist()):
        assert repr(value) in text
    assert "sys.magnet=14.1;" in text


def test_strings_are_literals_and_nothing_else() -> None:
    """Outside of quoted strings and char codes, no name leaves a trace."""
    for name in NAMES:
        expression = quoted(name)
        rest = re.sub(r"'(?:[^'\n]|'')*'", "", expression)
        assert re.fullmatch(r"[\[\] ]*(char\(\[[0-9 ]+\]\)[\[\] ]*)*", rest), (name, expression)
        assert expression.isascii()
        assert "\n" not in expression
    assert quoted("") == "''"
    assert quoted("it's") == "'it''s'"


def test_comments_stay_on_their_line() -> None:
    assert comment_text("a\nb\r\u2028system('x')\x00") == "a b system('x')?"
    text = spinach_script_of(hostile_molecule(), "f", 14.1, GRID)
    assert text.isascii()
    code = [line for line in text.splitlines() if line and not line.startswith("%")]
    assert sum("system(" in line for line in code) == 1  # the label, inside its quotes


@pytest.mark.parametrize("name", ["1a", "a-b", "", "a;b", "a b", "a\n", "x" * 80, "é"])
def test_the_name_must_be_an_identifier(name: str) -> None:
    with pytest.raises(InputError, match="MATLAB identifier"):
        spinach_script_of(load_molecule("alanine"), name, 14.1, GRID)


def test_the_field_must_be_positive() -> None:
    with pytest.raises(InputError, match=r"field_t = 0\.0"):
        spinach_script_of(load_molecule("alanine"), "a", 0.0, GRID)


@pytest.mark.octave
def test_octave_reads_the_literals_back(tmp_path: Path) -> None:
    import subprocess

    lines = [f"x={quoted(name)}; printf('%d ',double(x)); printf('\\n');" for name in NAMES]
    script = tmp_path / "names.m"
    script.write_text("1;\n" + "\n".join(lines) + "\n", encoding="ascii")
    done = subprocess.run(
        ["octave-cli", "--no-init-file", str(script)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=True,
    )
    rows = [line for line in done.stdout.splitlines() if line.strip()]
    for name, row in zip(NAMES, rows, strict=True):
        # Octave's char is one byte: of codes beyond 255 it keeps none, MATLAB keeps them all.
        if all(ord(c) < 256 for c in name):
            assert "".join(chr(int(code)) for code in row.split()) == name
    assert not (tmp_path / "pwned").exists()


def run_in_spinach(text: str, folder: Path, also: str = "g=[];") -> dict[str, np.ndarray]:
    from scipy.io import loadmat

    from harness.tasks.spins.spinach.octave_batch import OctaveBatch

    (folder / "fid_of.m").write_text(text, encoding="ascii")
    script, result = folder / "caller.m", folder / "out.mat"
    script.write_text(
        f"addpath({quoted(str(folder))}); [fid,t]=fid_of(); {also}\n"
        "save('-v7',getenv('HARNESS_RESULT'),'fid','t','g');\n",
        encoding="ascii",
    )
    done = OctaveBatch().run_script(script, os.environ["SPINACH_ROOT"], 120, result)
    assert done.status == 0, done.last_message
    return {name: np.ravel(value) for name, value in loadmat(result).items() if name in ("fid", "t", "g")}


@pytest.mark.spinach
@pytest.mark.parametrize("name", ["alanine", "serine", "glycine-13c"])
def test_live_spinach_agrees(tmp_path: Path, name: str) -> None:
    molecule = load_molecule(name)
    expected = simulate(molecule.at(14.1), GRID, observables=("m",)).m
    # Spinach subtracts the carrier from Larmor frequencies of 4e9 rad/s: 5e-7 rad/s, here 4e-9; 13C adds its own.
    np.testing.assert_allclose(
        run_in_spinach(spinach_script_of(molecule, "fid_of", 14.1, GRID), tmp_path)["fid"], expected, atol=5e-8
    )


@pytest.mark.spinach
def test_live_spinach_with_hostile_names(tmp_path: Path) -> None:
    molecule = hostile_molecule()
    plain = Molecule("plain", "file", tuple("ABCDEF"), molecule.isotopes, tuple("ABCDEF"), molecule.shifts_ppm,
                     molecule.couplings_hz)  # fmt: skip
    expected = simulate(plain.at(9.4), GRID, observables=("m",)).m
    np.testing.assert_allclose(
        run_in_spinach(spinach_script_of(molecule, "fid_of", 9.4, GRID), tmp_path)["fid"], expected, atol=5e-8
    )
    assert not list(tmp_path.glob("pwned"))


@pytest.mark.parametrize("field_t", FIELDS_T)
@pytest.mark.parametrize("name", [*MADE, "alanine", "glycine-13c"])
def test_a_script_says_what_spinach_stated_of_the_molecule(name: str, field_t: float) -> None:
    """Spinach's answer for the molecule is in the cache; the script is read, and followed without Spinach.

    Of either sign of γ, observed or not. The control: a script that conjugates where it must not, or does not where it
    must, is far off.
    """
    molecule = made(name) if name in MADE else load_molecule(name)
    requested = MoleculeRequest.of_molecule(molecule, field_t, STANDARD_GRID)
    predicted = SpinachCache.open(packaged=True).lookup(requested)
    assert predicted is not None
    text = spinach_script_of(molecule, "fid_of", field_t, STANDARD_GRID)
    ratios = predicted.provenance.details["gyromagnetic_ratios"]
    np.testing.assert_allclose(fid_of(text, ratios), predicted.m, atol=1e-8)
    plain, turned = "fid=fid(:)/fid(1).*", "fid=conj(fid(:)/fid(1)).*"
    other = text.replace(plain, turned) if plain in text else text.replace(turned, plain)
    assert np.abs(fid_of(other, ratios) - predicted.m).max() > 0.5


@pytest.mark.parametrize("name", MADE)
def test_round_trips_keep_what_a_molecule_of_negative_gamma_shows(name: str, tmp_path: Path) -> None:
    molecule = made(name)
    expected = simulate(molecule.at(2.35), GRID, observables=("m",)).m
    sxml, toml = tmp_path / "a.sxml", tmp_path / "b.toml"
    sxml.write_text(spinxml_of(molecule), encoding="utf-8")
    toml.write_text(toml_of(molecule), encoding="utf-8")
    for back in (replace(read_spinxml(sxml), observed=molecule.observed), load_molecule(toml)):
        np.testing.assert_array_equal(simulate(back.at(2.35), GRID, observables=("m",)).m, expected)


@pytest.mark.spinach
@pytest.mark.parametrize("name", [name for name in MADE if "1H" not in name])
def test_live_spinach_observing_a_negative_gyromagnetic_ratio(tmp_path: Path, name: str) -> None:
    molecule = made(name)
    text = spinach_script_of(molecule, "fid_of", 2.35, GRID)
    isotopes = list(dict.fromkeys(molecule.isotopes))
    also = f"g=[{','.join(f'spin({quoted(isotope)})' for isotope in isotopes)}];"
    found = run_in_spinach(text, tmp_path, also)
    # Both convert ppm to Hz with their own gyromagnetic ratios: up to 9e-4 apart.
    ratios = dict(zip(isotopes, found["g"].tolist(), strict=True))
    for isotope, ratio in ratios.items():
        assert ratio == pytest.approx(gyromagnetic_ratio(isotope), rel=1e-3)
    expected = simulate(molecule.at(2.35, gyromagnetic_ratios=ratios), GRID, observables=("m",)).m
    np.testing.assert_allclose(found["fid"], expected, atol=1e-8)
