"""MMFF94 by RDKit: the default force of the inner steps, a hundredth of the time of GFN2-xTB.

RDKit's ``CalcGrad(positions)`` takes distances from the call before it, unless ``CalcEnergy(positions)`` ran first at
the same positions: alone it is wrong by thousands of kJ/mol/nm, without an error. Both are called here, in that order.

Source: T. A. Halgren, J. Comput. Chem. 17, 490 (1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import checked
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.packages import package
from harness.tasks.kstep.units import ANGSTROM_NM, KCAL_KJ

if TYPE_CHECKING:
    from rdkit.Chem import Mol

METHOD = "MMFF94"
FAR_ANGSTROM = 1e9
"""All pairs of a molecule are included in the non-bonded terms: a cut-off would make the energy discontinuous."""


class Mmff:
    """MMFF94 energies and forces of one molecule."""

    name = METHOD

    def __init__(self, molecule: Molecule) -> None:
        fields = package("rdkit.Chem.rdForceFieldHelpers", METHOD)
        mol = rdkit_molecule(molecule)
        properties = fields.MMFFGetMoleculeProperties(mol)
        if properties is None:
            raise InputError(f"{molecule.name}: {METHOD} has no types for some of its atoms; take --inner gfn-ff")
        self._field = fields.MMFFGetMoleculeForceField(
            mol, properties, nonBondedThresh=FAR_ANGSTROM, ignoreInterfragInteractions=False
        )
        self._field.Initialize()
        self.molecule = molecule

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        flat = (positions_nm.ravel() / ANGSTROM_NM).tolist()
        energy = self._field.CalcEnergy(flat)
        gradient = np.array(self._field.CalcGrad(flat)).reshape(-1, 3)
        return checked(METHOD, energy * KCAL_KJ, gradient * (-KCAL_KJ / ANGSTROM_NM))


def rdkit_molecule(molecule: Molecule) -> Mol:
    """RDKit's molecule with the same atoms in the same order, its bonds from the table and its geometry.

    Raises
    ------
    InputError
        If the bonds and charges do not give a valid molecule.
    """
    chem = package("rdkit.Chem", "a molecule of RDKit")
    kinds = {
        1.0: chem.BondType.SINGLE, 1.5: chem.BondType.AROMATIC, 2.0: chem.BondType.DOUBLE, 3.0: chem.BondType.TRIPLE
    }  # fmt: skip
    editable = chem.RWMol()
    for number, charge in zip(molecule.numbers, molecule.formal_charges, strict=True):
        atom = chem.Atom(number)
        atom.SetFormalCharge(charge)
        atom.SetNoImplicit(True)
        editable.AddAtom(atom)
    for i, j, order in molecule.bonds:
        editable.AddBond(i, j, kinds[order])
        if order == 1.5:
            for atom in (i, j):
                editable.GetAtomWithIdx(atom).SetIsAromatic(True)
    mol = editable.GetMol()
    block = package("rdkit.rdBase", "a molecule of RDKit").BlockLogs()
    try:
        chem.SanitizeMol(mol)
    except ValueError as error:
        raise InputError(f"{molecule.name}: its bonds give no sound molecule ({str(error).splitlines()[0]})") from None
    finally:
        del block
    conformer = chem.Conformer(len(molecule))
    for atom, place in enumerate(molecule.positions_nm / ANGSTROM_NM):
        conformer.SetAtomPosition(atom, place.tolist())
    mol.AddConformer(conformer)
    return mol
