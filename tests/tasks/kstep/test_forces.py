"""Energies and forces: published check values, two programs, derivatives, and the traps of the force fields."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.forces import (
    Counted,
    ForceFault,
    Gfn2,
    GfnFF,
    Minus,
    Mmff,
    XtbProgram,
    numerical_forces,
)  # fmt: skip
from harness.tasks.kstep.forces.xtb_program import xtb_path
from harness.tasks.kstep.library import load, molecule_names
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.units import HARTREE_KJ_MOL
from tests.tasks.kstep.examples import ethanol, methanol, needs, shaken

needs("tblite", "ase", "rdkit", "gfnff")

ENERGY_GATE_HARTREE = 1e-7
FORCE_GATE = 0.01

# Geometries of ase.build.molecule; energies in hartree and largest |force component| in kJ/mol/nm, tblite 0.8.0.
GFN2 = {
    "H2O": (-5.0702222893, 723.172), "NH3": (-4.4261213299, 337.433), "CH4": (-4.1750745757, 144.299),
    "CH3CH2OH": (-11.3914246511, 727.046), "CH3COOH": (-14.4585073818, 1442.255), "C6H6": (-15.8787703912, 328.438),
}  # fmt: skip
GFN_FF = {"H2O": -0.3275344842, "CH3CH2OH": -1.2174926124}
LONGEST_BOND_NM = {True: 0.13, False: 0.17}


def built(name: str) -> Molecule:
    """A molecule of ASE's table; atoms that are near are bonded."""
    from ase.build import molecule

    atoms = molecule(name)
    positions, numbers = atoms.positions * 0.1, atoms.numbers
    bonds = [
        (i, j, 1.0)
        for i in range(len(numbers))
        for j in range(i)
        if not numbers[i] == numbers[j] == 1
        and np.linalg.norm(positions[i] - positions[j]) < LONGEST_BOND_NM[1 in (numbers[i], numbers[j])]
    ]
    return Molecule(name, tuple(numbers), positions, tuple(bonds))


@pytest.mark.parametrize("name", GFN2)
def test_gfn2_has_the_known_energies_and_forces(name):
    molecule = built(name)
    energy, forces = Gfn2(molecule)(molecule.positions_nm)
    assert energy / HARTREE_KJ_MOL == pytest.approx(GFN2[name][0], abs=ENERGY_GATE_HARTREE)
    assert np.abs(forces).max() == pytest.approx(GFN2[name][1], abs=FORCE_GATE)


@pytest.mark.skipif(xtb_path() is None, reason="needs the program xtb on the PATH")
@pytest.mark.parametrize("name", ["H2O", "CH3CH2OH"])
def test_the_program_xtb_agrees_with_tblite(name):
    molecule = built(name)
    positions = shaken(molecule)
    (energy, forces), (other, others) = Gfn2(molecule)(positions), XtbProgram(molecule)(positions)
    assert abs(energy - other) / HARTREE_KJ_MOL < ENERGY_GATE_HARTREE
    assert np.abs(forces - others).max() < FORCE_GATE


@pytest.mark.parametrize("name", GFN_FF)
def test_gfnff_has_the_known_energies(name):
    molecule = built(name)
    assert GfnFF(molecule)(molecule.positions_nm)[0] / HARTREE_KJ_MOL == pytest.approx(GFN_FF[name], abs=1e-9)


@pytest.mark.parametrize("make", [Gfn2, Mmff, GfnFF])
@pytest.mark.parametrize("name", ["acetic-acid", "imidazole"])
def test_forces_are_minus_the_gradient_of_the_energy(make, name):
    molecule = load(name)
    force, positions = make(molecule), shaken(molecule)
    # Central differences of 1e-5 nm: truncation 1e-10 of third derivatives of some 1e7 kJ/mol/nm³.
    found = numerical_forces(force, positions, 1e-5)
    assert np.abs(force(positions)[1] - found).max() < 0.02


def test_mmff_is_right_wherever_it_was_called_before():
    """RDKit's gradient takes distances from the call before: alone, at another place, it is wrong by thousands."""
    molecule = ethanol()
    used, fresh = Mmff(molecule), Mmff(molecule)
    used(shaken(molecule, 0.01, seed=3))
    assert np.array_equal(used(shaken(molecule))[1], fresh(shaken(molecule))[1])
    flat = (shaken(molecule, 0.01, seed=3).ravel() * 10).tolist()
    stale = np.array(used._field.CalcGrad(flat)).reshape(-1, 3) * -41.84
    assert np.abs(stale - fresh(shaken(molecule, 0.01, seed=3))[1]).max() > 500


def test_gfnff_takes_its_bonds_from_the_table_and_not_from_the_geometry():
    """Set up with one hydrogen 0.15 nm further away it must stay the same surface."""
    molecule = ethanol()
    hydrogen = molecule.numbers.index(1)
    stretched = molecule.positions_nm.copy()
    neighbour = next(i + j - hydrogen for i, j, _ in molecule.bonds if hydrogen in (i, j))
    along = stretched[hydrogen] - stretched[neighbour]
    stretched[hydrogen] += 0.15 * along / np.linalg.norm(along)
    energy, forces = GfnFF(molecule)(molecule.positions_nm)
    other, others = GfnFF(molecule.at(stretched))(molecule.positions_nm)
    assert other == pytest.approx(energy, abs=1.0)  # kJ/mol; charges are of the first geometry
    assert np.abs(forces - others).max() < 0.05 * np.abs(GfnFF(molecule)(shaken(molecule))[1]).max()


@pytest.mark.parametrize("make", [Gfn2, Mmff, GfnFF])
def test_a_geometry_without_an_answer_is_a_fault_and_never_nan(make):
    molecule = methanol()
    positions = molecule.positions_nm.copy()
    positions[0] = np.nan
    with pytest.raises(ForceFault, match="finite"):
        make(molecule)(positions)


def test_a_warm_start_agrees_within_the_accuracy_and_a_cold_one_to_the_last_bit():
    molecule = ethanol()
    cold, warm = Gfn2(molecule), Gfn2(molecule, warm=True)
    for seed in range(3):
        positions = shaken(molecule, seed=seed)
        assert np.abs(cold(positions)[1] - warm(positions)[1]).max() < 0.5
    assert np.array_equal(cold(shaken(molecule))[1], cold(shaken(molecule))[1])


def test_calls_are_counted_and_differences_are_differences():
    molecule = methanol()
    counted = Counted(Mmff(molecule))
    zero, forces = Minus(counted, Mmff(molecule))(molecule.positions_nm)
    assert (counted.calls, zero, np.abs(forces).max()) == (1, 0.0, 0.0)


@pytest.mark.parametrize("name", molecule_names())
def test_every_molecule_of_the_library_is_at_the_minimum_of_gfn2(name):
    molecule = load(name)
    assert np.abs(Gfn2(molecule)(molecule.positions_nm)[1]).max() < 1.0
    assert np.isfinite(Mmff(molecule)(molecule.positions_nm)[0])


def test_a_molecule_that_mmff_has_no_types_for_is_refused():
    hydrogen = Molecule("hydrogen", (1, 1), np.array([[0, 0, 0], [0, 0, 0.074]]), ((0, 1, 1),))
    with pytest.raises(InputError, match=r"hydrogen: MMFF94 has no types.*gfn-ff"):
        Mmff(hydrogen)
