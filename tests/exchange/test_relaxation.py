"""What formats hold of relaxation: positions and shift tensors there and back, a Spinach script, and a warning."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import TimeGrid, load_molecule, simulate
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.exchange.molecule_toml import toml_of
from harness.tasks.spins.exchange.spinach_script import spinach_script_of
from harness.tasks.spins.exchange.spinxml import read_spinxml, spinxml_of
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.exchange.test_spinach_script import run_in_spinach

GRID = TimeGrid(80, 5e-4)
TENSORS = np.random.default_rng(4).normal(0, 30, (4, 3, 3))
REQUESTED: tuple[dict[str, Any], ...] = (
    {"model": "damp", "damp_rate_per_s": 2.5},
    {"model": "t1_t2", "r1_per_s": 0.8, "r2_per_s": 2.0},
    {"model": "redfield", "tau_c_s": 2e-10},
    {"model": "redfield", "tau_c_s": 2e-10, "rlx_keep": "secular", "equilibrium": "dibari", "temperature_k": 298.0},
)


def alanine() -> Molecule:
    """With shift tensors, whose isotropic parts are not the shifts."""
    return replace(load_molecule("alanine"), csa_ppm=TENSORS + TENSORS.transpose(0, 2, 1))


def anisotropic(tensors: np.ndarray | None) -> np.ndarray:
    assert tensors is not None
    return tensors - np.eye(3) * np.trace(tensors, axis1=1, axis2=2)[:, None, None] / 3


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_molecule_files_hold_positions_and_tensors(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(toml_of(alanine()), encoding="utf-8")
    again = load_molecule(str(path))
    np.testing.assert_array_equal(again.positions_angstrom, alanine().positions_angstrom)
    np.testing.assert_array_equal(again.csa_ppm, alanine().csa_ppm)


def test_spinxml_holds_positions_and_tensors(tmp_path: Path) -> None:
    path = tmp_path / "a.sxml"
    path.write_text(spinxml_of(alanine()), encoding="utf-8")
    again = read_spinxml(path)
    np.testing.assert_array_equal(again.positions_angstrom, alanine().positions_angstrom)
    np.testing.assert_allclose(again.shifts_ppm, alanine().shifts_ppm, atol=1e-12)
    np.testing.assert_allclose(anisotropic(again.csa_ppm), anisotropic(alanine().csa_ppm), atol=1e-12)


def test_without_tensors_shifts_stay_scalars_and_come_back_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "s.sxml"
    path.write_text(spinxml_of(load_molecule("strychnine")), encoding="utf-8")
    again = read_spinxml(path)
    assert again.csa_ppm is None
    np.testing.assert_array_equal(again.positions_angstrom, load_molecule("strychnine").positions_angstrom)
    np.testing.assert_array_equal(again.shifts_ppm, load_molecule("strychnine").shifts_ppm)


def test_a_molecule_that_went_through_spinxml_relaxes_as_before(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("convert", "alanine", "a.sxml") == 0
    assert run("convert", "a.sxml", "a.toml") == 0
    requested = {"model": "redfield", "tau_c_s": 2e-10}
    one, other = (load_molecule(name).at(14.1, relaxation=requested).relaxation for name in ("alanine", "a.toml"))
    assert one is not None
    assert other is not None
    assert one.as_dict() == other.as_dict()


@pytest.mark.parametrize(
    ("coordinates", "words"),
    [
        ('<coordinates x="0" y="0"/>', "z = None"),
        ('<coordinates x="0" y="0" z="far"/>', "z = 'far'"),
        ('<coordinates x="0" y="0" z="0" frame="1"/>', "frame = '1'"),
        ('<coordinates x="0" y="0" z="0"/><coordinates x="0" y="0" z="1"/>', "2 <coordinates>"),
    ],
)
def test_broken_coordinates_are_refused_in_one_line(tmp_path: Path, coordinates: str, words: str) -> None:
    text = spinxml_of(load_molecule("alanine"))
    start = text.index("    <coordinates")
    path = tmp_path / "b.sxml"
    path.write_text(text[:start] + coordinates + text[text.index("\n", start) :], encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        read_spinxml(path)
    assert "\n" not in str(caught.value)


def read_back(text: str, spins: int) -> dict[str, Any]:
    """The relaxation of a script, from its text alone."""

    def cell(name: str) -> str:
        return re.search(rf"^inter\.{name}=\{{(.*?)\}};", text, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]

    def word(name: str) -> str:
        return re.search(rf"inter\.{name}='?([^';]+)'?;", text)[1]  # type: ignore[index]

    stated: dict[str, Any] = {"model": cell("relaxation").strip("'")}
    stated |= {"rlx_keep": word("rlx_keep"), "equilibrium": word("equilibrium")}
    stated["field_t"] = float(re.search(r"sys\.magnet=(.*);", text)[1])  # type: ignore[index]
    if "inter.temperature" in text:
        stated["temperature_k"] = float(word("temperature"))
    if stated["model"] == "damp":
        stated["damp_rate_per_s"] = float(word("damp_rate"))
    if stated["model"] == "t1_t2":
        for name in ("r1", "r2"):
            stated[f"{name}_per_s"] = [float(one) for one in cell(f"{name}_rates").split(",")]
    if stated["model"] == "redfield":
        stated["tau_c_s"] = float(cell("tau_c"))
        stated["positions_angstrom"] = [ast.literal_eval(row) for row in re.findall(r"\[.*?\]", cell("coordinates"))]
        tensors = re.findall(r"^inter\.zeeman\.matrix\{\d+\}=\[(.*)\];", text, re.MULTILINE)
        assert len(tensors) == spins
        stated["csa_ppm"] = [[[float(one) for one in row.split(",")] for row in rows.split(";")] for rows in tensors]
    return stated


@pytest.mark.parametrize("requested", REQUESTED)
def test_a_script_holds_the_whole_relaxation(requested: dict[str, Any]) -> None:
    relaxation = alanine().at(14.1, relaxation=requested).relaxation
    assert relaxation is not None
    text = spinach_script_of(alanine(), "fid_of", 14.1, GRID, relaxation=relaxation)
    expected = relaxation.as_dict()
    if "csa_ppm" in expected:
        expected["csa_ppm"] = anisotropic(relaxation.csa_ppm).tolist()
    assert Relaxation.from_dict(read_back(text, 4)).as_dict() == expected
    assert "+1i*relaxation(spin_system)" in text
    plain = spinach_script_of(alanine(), "fid_of", 14.1, GRID)
    assert "relax" not in plain


def test_a_script_of_many_spins_has_a_restricted_basis() -> None:
    strychnine = load_molecule("strychnine")
    relaxation = strychnine.at(14.1, relaxation={"model": "redfield", "tau_c_s": 2e-10}).relaxation
    text = spinach_script_of(strychnine, "fid_of", 14.1, GRID, relaxation=relaxation)
    assert "bas.approximation='IK-2'; bas.connectivity='scalar_couplings'; bas.space_level=2;" in text
    with pytest.raises(InputError, match="data for 22 spins where the system has 4"):
        spinach_script_of(alanine(), "fid_of", 14.1, GRID, relaxation=relaxation)


@pytest.mark.spinach
@pytest.mark.parametrize("requested", REQUESTED)
def test_live_spinach_runs_the_script_and_agrees(tmp_path: Path, requested: dict[str, Any]) -> None:
    system = alanine().at(14.1, relaxation=requested)
    text = spinach_script_of(alanine(), "fid_of", 14.1, GRID, relaxation=system.relaxation)
    expected = simulate(system, GRID, "liouville-dense", ("m",)).m
    # The carrier is subtracted from Larmor frequencies of 4e9 rad/s, which rounds; see test_spinach_script.py.
    np.testing.assert_allclose(run_in_spinach(text, tmp_path)["fid"], expected, atol=5e-7)
    still = simulate(alanine().at(14.1), GRID, observables=("m",)).m
    assert np.abs(still - expected).max() > 1e-3


def test_a_format_that_cannot_hold_a_relaxation_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ("--relaxation", "redfield", "--tau-c-s", 2e-10)
    for out in ("a.toml", "a.sxml"):
        assert run("convert", "alanine", out, *options) == 0
        first = capsys.readouterr().err.splitlines()[0]
        assert f"warning: {out}: relaxation 'redfield' is not stored by this format" in first
    assert run("convert", "alanine", "a.m", *options) == 0
    assert "warning" not in capsys.readouterr().err
    assert "inter.tau_c={2e-10};" in Path("a.m").read_text(encoding="ascii")
    assert run("convert", "leucine", "l.m", *options) == 2
    assert "needs positions" in capsys.readouterr().err
    assert not Path("l.m").exists()
