"""From SMILES to a molecule with a geometry, by RDKit: distance geometry (ETKDG), then a minimum of MMFF94."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.kstep.molecule import MOST_ATOMS, Molecule
from harness.tasks.kstep.packages import package
from harness.tasks.kstep.units import ANGSTROM_NM

if TYPE_CHECKING:
    from rdkit.Chem import Mol

LONGEST_SMILES = 500
SEED = 20


def molecule_of_smiles(smiles: str, name: str | None = None, charge: int | None = None) -> Molecule:
    """A molecule with hydrogens and a geometry; the same text gives the same geometry.

    ``charge`` must be stated where the formal charges of the SMILES are not all zero in sum.

    Raises
    ------
    InputError
        For a SMILES that cannot be read, several fragments, a radical, a charge that does not fit, atoms without MMFF
        types, or more than :data:`MOST_ATOMS` atoms.
    """
    chem = package("rdkit.Chem", "a molecule from SMILES")
    found = _parsed(chem, smiles)
    title = name or smiles
    _check_electrons(title, found, charge)
    with_h = chem.AddHs(found)
    if with_h.GetNumAtoms() > MOST_ATOMS:
        raise InputError(f"{title}: {with_h.GetNumAtoms()} atoms with hydrogens, at most {MOST_ATOMS} can be treated")
    positions = _geometry(title, with_h)
    bonds = tuple(
        (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), bond.GetBondTypeAsDouble()) for bond in with_h.GetBonds()
    )
    numbers = tuple(atom.GetAtomicNum() for atom in with_h.GetAtoms())
    charges = tuple(atom.GetFormalCharge() for atom in with_h.GetAtoms())
    return Molecule(title, numbers, positions, bonds, charges, chem.MolToSmiles(found))


def _parsed(chem: Any, smiles: str) -> Mol:
    if not smiles or len(smiles) > LONGEST_SMILES:
        raise InputError(f"SMILES {shown(smiles)}: between 1 and {LONGEST_SMILES} characters are due")
    block = package("rdkit.rdBase", "a molecule from SMILES").BlockLogs()
    try:
        found = chem.MolFromSmiles(smiles)
    finally:
        del block
    if found is None:
        raise InputError(f"SMILES {shown(smiles)}: RDKit cannot read it; check brackets, ring numbers and valences")
    if len(chem.GetMolFrags(found)) != 1:
        raise InputError(f"SMILES {shown(smiles)}: several fragments; one molecule at a time can be treated")
    return found


def _check_electrons(title: str, found: Any, charge: int | None) -> None:
    radicals = sum(atom.GetNumRadicalElectrons() for atom in found.GetAtoms())
    if radicals:
        raise InputError(f"{title}: {radicals} unpaired electrons; only closed shells can be treated")
    formal = sum(atom.GetFormalCharge() for atom in found.GetAtoms())
    if charge is None and formal:
        raise InputError(
            f"{title}: the SMILES has charge {formal:+d}; state it with charge={formal} (--charge {formal})"
        )
    if charge is not None and charge != formal:
        raise InputError(f"{title}: charge {charge:+d} is stated, the SMILES has {formal:+d}: make them agree")


def _geometry(title: str, with_h: Any) -> np.ndarray:
    all_chem = package("rdkit.Chem.AllChem", "a geometry")
    fields = package("rdkit.Chem.rdForceFieldHelpers", "the force field MMFF94")
    if not fields.MMFFHasAllMoleculeParams(with_h):
        raise InputError(f"{title}: MMFF94 has no types for some of its atoms; take another molecule")
    if all_chem.EmbedMolecule(with_h, randomSeed=SEED) != 0:
        raise InputError(f"{title}: RDKit finds no geometry; is the stereochemistry possible?")
    fields.MMFFOptimizeMolecule(with_h, maxIters=2000)
    positions = np.array(with_h.GetConformer().GetPositions()) * ANGSTROM_NM
    return positions - positions.mean(axis=0)
