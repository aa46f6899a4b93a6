"""GFN-FF by the package ``gfnff``: the other force of the inner steps, with parameters for every element.

The package derives bonds from the distances of its first geometry; one stretched bond in it changes the whole surface
(by 800 kJ/mol for one hydrogen at 1.5 Å). Therefore the bonds are always given.

Source: S. Spicher, S. Grimme, Angew. Chem. Int. Ed. 59, 15665 (2020).
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import ForceFault, checked
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.packages import package
from harness.tasks.kstep.units import BOHR_NM, FORCE_KJ_MOL_NM, HARTREE_KJ_MOL

METHOD = "GFN-FF"


class GfnFF:
    """GFN-FF energies and forces of one molecule."""

    name = METHOD

    def __init__(self, molecule: Molecule) -> None:
        calculator = package("gfnff", METHOD).GFNFFCalculator
        self.molecule = molecule
        self._numbers = np.array(molecule.numbers)
        try:
            self._calculator = calculator(
                self._numbers,
                molecule.positions_nm / BOHR_NM,
                charge=molecule.charge,
                bond_matrix=bond_matrix(molecule),
            )
        except RuntimeError as error:
            raise InputError(f"{molecule.name}: {METHOD} cannot be set up ({str(error).splitlines()[0]})") from None

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        try:
            energy, gradient, _ = self._calculator.singlepoint(self._numbers, positions_nm / BOHR_NM)
        except RuntimeError as error:
            raise ForceFault(f"{METHOD}: {str(error).splitlines()[0]}") from None
        return checked(METHOD, float(energy) * HARTREE_KJ_MOL, -np.array(gradient) * FORCE_KJ_MOL_NM)


def bond_matrix(molecule: Molecule) -> np.ndarray:
    """Bond orders rounded down to integers, (N, N): GFN-FF uses only which atoms are bonded."""
    matrix = np.zeros((len(molecule), len(molecule)), dtype=np.int32)
    for i, j, order in molecule.bonds:
        matrix[i, j] = matrix[j, i] = int(order)
    return matrix
