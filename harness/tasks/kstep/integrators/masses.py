"""Hydrogen mass repartitioning: mass is moved from a heavy atom to its hydrogens, so that their vibrations are slower.

The total mass and all configurational averages are unchanged; frequencies change. It is a baseline of the suites.

Source: K. A. Feenstra, B. Hess, H. J. C. Berendsen, J. Comput. Chem. 20, 786 (1999).
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.molecule import Molecule

HEAVY_HYDROGEN_DA = 3.024


def heavier_hydrogens(molecule: Molecule, hydrogen_da: float = HEAVY_HYDROGEN_DA) -> np.ndarray:
    """Masses in Da, (N,), with every hydrogen of ``hydrogen_da`` taken from the atom that it is bonded to.

    Raises
    ------
    InputError
        If the mass of a heavy atom would not be positive.
    """
    masses = molecule.masses_da.copy()
    for first, second, _ in molecule.bonds:
        for hydrogen, heavy in ((first, second), (second, first)):
            if molecule.numbers[hydrogen] == 1 and molecule.numbers[heavy] != 1:
                masses[heavy] -= hydrogen_da - molecule.masses_da[hydrogen]
                masses[hydrogen] = hydrogen_da
    if masses.min() <= 0:
        raise InputError(f"{molecule.name}: hydrogens of {hydrogen_da:g} Da leave a heavy atom without mass; take less")
    return masses
