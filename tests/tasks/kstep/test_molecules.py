"""Molecules: what is refused in one line, what a fingerprint depends on, and the split."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.library import SPLIT, find, load, molecule_names, part_of
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.smiles import molecule_of_smiles
from tests.tasks.kstep.examples import ethanol, needs

needs("rdkit")


@pytest.mark.parametrize(
    ("smiles", "charge", "message"),
    [
        ("C1CC", None, "cannot read"),
        ("", None, "characters"),
        ("CCO.O", None, "several fragments"),
        ("[CH3]", None, "unpaired"),
        ("C[NH3+]", None, "state it with charge=1"),
        ("CCO", 1, "SMILES has"),
        ("C" * 30, None, "at most 60"),
        ("[Fe]", None, "unpaired|no types|can be treated"),
    ],
)
def test_smiles_that_cannot_be_used_are_refused_in_one_line(smiles, charge, message):
    with pytest.raises(InputError, match=message) as caught:
        molecule_of_smiles(smiles, charge=charge)
    assert "\n" not in str(caught.value)


def test_a_stated_charge_is_taken():
    molecule = molecule_of_smiles("C[NH3+]", charge=1)
    assert (molecule.charge, len(molecule)) == (1, 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"positions_nm": np.zeros((9, 3))}, "apart"),
        ({"positions_nm": np.full((9, 3), np.nan)}, "not finite"),
        ({"positions_nm": np.zeros((3, 3))}, r"\(9, 3\) is due"),
        ({"formal_charges": (1, 0, 0, 0, 0, 0, 0, 0, 0)}, "closed shells"),
        ({"formal_charges": (0,)}, "9 whole numbers"),
        ({"bonds": ((0, 9, 1.0),)}, "no two atoms"),
        ({"bonds": ((0, 1, 4.0),)}, "order 4"),
        ({"numbers": (92, 6, 8, 1, 1, 1, 1, 1, 1)}, "atomic number 92"),
    ],
)
def test_molecules_that_cannot_be_are_refused(change, message):
    one = ethanol()
    values = {"numbers": one.numbers, "positions_nm": one.positions_nm, "bonds": one.bonds} | change
    with pytest.raises(InputError, match=message):
        Molecule("broken", **values)


def test_coordinates_in_angstrom_by_mistake_are_no_molecule_of_close_atoms_but_bohr_in_nm_is():
    one = ethanol()
    with pytest.raises(InputError, match="are the coordinates in nm"):
        one.at(one.positions_nm * 0.1)


def test_a_molecule_survives_json_and_its_fingerprint_sees_the_last_digit():
    one = ethanol()
    assert Molecule.from_dict(one.as_dict()) == one
    moved = one.positions_nm.copy()
    moved[0, 0] = np.nextafter(moved[0, 0], 1)
    assert one.at(moved) != one
    assert one.at(moved).topology == one.topology
    assert one.at(one.positions_nm, "other name") == one


def test_no_molecule_is_in_two_parts_of_the_split():
    smiles = [load(name).smiles for name in molecule_names()]
    assert len(set(smiles)) == len(smiles) == 24
    assert {part: len(names) for part, names in SPLIT.items()} == {
        "training": 14,
        "validation": 4,
        "test": 4,
        "large": 2,
    }
    assert part_of(load("phenol").smiles) == "test"


def test_molecules_are_found_by_name_or_smiles_and_a_misspelt_name_is_named():
    assert find("ethanol") == ethanol()
    assert len(find("CCO")) == 9
    with pytest.raises(InputError, match="did you mean 'ethanol'"):
        find("ethanoll")
