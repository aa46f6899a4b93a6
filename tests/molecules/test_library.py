"""The molecules that come with the package: every number of the source, and what the files say about them."""

from __future__ import annotations

import importlib.util
import json
import pickle
import tomllib
from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.spins.systems import molecule_names

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "gissmo"
ENTRIES = json.loads((TOOLS / "spin_matrices.json").read_text(encoding="utf-8"))
LABELS = tomllib.loads((TOOLS / "labels.toml").read_text(encoding="utf-8"))
PLACEHOLDERS = {-12.4, -12.5, -15.0, -16.0}
EVERY = [(name, source) for name, sources in molecule_names().items() for source in sources]


def test_all_of_the_source_is_there() -> None:
    assert {what["key"] for what in LABELS.values()} == set(ENTRIES)
    assert len(LABELS) == 22
    assert {n for n, s in EVERY if s == "gissmo"} == set(LABELS)
    assert {n for n, s in EVERY if s == "govindaraju"} == {"alanine", "glycine", "valine"}


@pytest.mark.parametrize("name", LABELS)
def test_every_value_of_the_source_is_reproduced(name: str) -> None:
    molecule, entry, atoms = load_molecule(name, "gissmo"), ENTRIES[LABELS[name]["key"]], LABELS[name]["atoms"]
    index = {atom: molecule.labels.index(label) for label, atom in atoms.items()}
    expected = np.zeros((len(molecule), len(molecule)))
    for i, j, value in entry["J_hz"]:
        expected[index[i], index[j]] = expected[index[j], index[i]] = value
    np.testing.assert_array_equal(molecule.couplings_hz, expected)
    shifts = {molecule.labels[index[int(atom)]]: ppm for atom, ppm in entry["chemical_shift_ppm"].items()}
    assert dict(zip(molecule.labels, molecule.shifts_ppm.tolist(), strict=True)) == shifts
    assert entry["bmrb"] in molecule.citation["id"]
    assert molecule.citation["licence"] == "CC BY-SA 4.0"


def test_the_files_are_what_the_generator_writes() -> None:
    spec = importlib.util.spec_from_file_location("make_molecules", TOOLS / "make_molecules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.all_files().items():
        assert (shared_folder("molecules") / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", LABELS)
def test_placeholders_are_marked(name: str) -> None:
    molecule = load_molecule(name, "gissmo")
    data = tomllib.loads((shared_folder("molecules") / f"{name}.gissmo.toml").read_text(encoding="utf-8"))
    for key, value in data["couplings_hz"].items():
        assert (molecule.status.get(key) == "placeholder") == (
            value in PLACEHOLDERS or (name, value) == ("cysteine", -14.997999)
        )


def test_known_traps_are_marked() -> None:
    assert load_molecule("glutamine").status["HB2 HB3"] == "unverified"
    assert load_molecule("lysine").status["HB2 HB3"] == "unverified"
    assert load_molecule("threonine").status["HG23"] == "unverified"
    tyrosine = load_molecule("tyrosine")
    assert all(tyrosine.status[label] == "unverified" for label in tyrosine.labels)


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_every_molecule_loads_and_travels(name: str, source: str) -> None:
    molecule = load_molecule(name, source)
    assert molecule.source == source
    assert not molecule.shifts_ppm.flags.writeable
    assert not molecule.couplings_hz.flags.writeable
    np.testing.assert_array_equal(molecule.couplings_hz, molecule.couplings_hz.T)
    again = pickle.loads(pickle.dumps(molecule))
    assert again.at(14.1) == molecule.at(14.1)
    assert dict(again.status) == dict(molecule.status)


@pytest.mark.parametrize(
    ("name", "source", "shifts", "couplings"),
    [
        ("alanine", "govindaraju", {"HA": 3.7746, "HB1": 1.4667}, {("HA", "HB1"): 7.234}),
        ("alanine", "gissmo", {"HA": 3.7674, "HB1": 1.46617}, {("HA", "HB2"): 7.29884, ("HB1", "HB3"): -12.5}),
        ("valine", "govindaraju", {"HA": 3.5953, "HB": 2.2577, "HG11": 1.0271, "HG21": 0.9764},
         {("HA", "HB"): 4.405, ("HB", "HG12"): 6.971, ("HB", "HG23"): 7.071, ("HA", "HG11"): 0.0}),
        ("valine", "gissmo", {"HA": 3.5989, "HB": 2.267, "HG13": 1.033, "HG22": 0.9801},
         {("HA", "HB"): 4.261518, ("HB", "HG11"): 6.936, ("HB", "HG12"): 6.93638, ("HB", "HG21"): 7.134}),
        ("glycine", "govindaraju", {"HA2": 3.548, "HA3": 3.548}, {}),
    ],
)  # fmt: skip
def test_numbers_of_the_three(name: str, source: str, shifts: dict, couplings: dict) -> None:
    """Against the tables of the two publications, typed in by hand."""
    molecule = load_molecule(name, source)
    for label, ppm in shifts.items():
        assert molecule.shifts_ppm[molecule.labels.index(label)] == ppm
    for (one, other), hz in couplings.items():
        assert molecule.couplings_hz[molecule.labels.index(one), molecule.labels.index(other)] == hz


@pytest.mark.parametrize("name", ["alanine", "valine"])
def test_tagged_spin_is_the_alpha_proton(name: str) -> None:
    for source in ("gissmo", "govindaraju"):
        molecule = load_molecule(name, source)
        assert molecule.labels[molecule.tagged_spin] == "HA"


def test_methyl_groups_are_equivalent_whatever_couples_them_inside() -> None:
    molecule = load_molecule("isoleucine")  # one coupling of its methyl group is missing in the source
    names = [{molecule.labels[k] for k in group} for group in molecule.at(14.1).equivalent_groups()]
    assert {"HD11", "HD12", "HD13"} in names
    assert {"HG21", "HG22", "HG23"} in names


def test_labelled_glycine_shows_its_coupling_and_glycine_does_not() -> None:
    grid = TimeGrid(300, 1e-4)
    plain = simulate(load_molecule("glycine").at(14.1), grid, observables=("m",))
    labelled = simulate(load_molecule("glycine-13c").at(14.1), grid, observables=("m",))
    np.testing.assert_allclose(plain.m, 1.0, atol=1e-12)
    np.testing.assert_allclose(labelled.m, np.cos(np.pi * 143.0 * grid.times_s), atol=1e-12)


def test_field_and_carrier() -> None:
    molecule = load_molecule("alanine")
    system = molecule.at(field_t=14.1, carrier_ppm=2.6)
    assert system.offsets_hz[0] == pytest.approx((3.7674 - 2.6) * 600.342447e0, rel=1e-8)
    labelled = load_molecule("glycine-13c").at(9.4, {"13C": 40.0})
    assert labelled.offsets_hz[2] == pytest.approx(4.2e-6 * 100.64e6, rel=1e-3)
    assert labelled.offsets_hz[0] == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: load_molecule("alanin"), ["'alanin'", "alanine", ".toml"]),
        (lambda: load_molecule("alanine", "x"), ["'x'", "gissmo", "govindaraju"]),
        (lambda: load_molecule("../molecules/alanine"), ["unknown"]),
        (lambda: load_molecule("nowhere.toml"), ["nowhere.toml", "cannot be read"]),
        (lambda: load_molecule("a\0b.toml"), ["cannot be read"]),
        (lambda: load_molecule("alanine.toml", "gissmo"), ["its own source"]),
        (lambda: load_molecule("alanine").at(-1.0), ["field_t = -1.0", "positive"]),
        (lambda: load_molecule("alanine").at(14.1, float("nan")), ["carrier_ppm = nan", "finite"]),
        (lambda: load_molecule("alanine").at(14.1, {"13C": 1.0}), ["'13C'", "no spin has"]),
    ],
)
def test_refusals(call: object, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        call()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)
