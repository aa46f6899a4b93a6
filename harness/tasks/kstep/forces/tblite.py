"""GFN2-xTB in process, by tblite.

Source: C. Bannwarth, S. Ehlert, S. Grimme, J. Chem. Theory Comput. 15, 1652 (2019).
"""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import ForceFault, checked
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.packages import package
from harness.tasks.kstep.units import BOHR_NM, FORCE_KJ_MOL_NM, HARTREE_KJ_MOL

METHOD = "GFN2-xTB"
ACCURACY = 0.01
"""Accuracy of the self-consistent field (1 is the program's default): with 0.01 a warm start conserves energy and is
reversible to 1e-6 nm; with 1 the energy drifts."""


class Gfn2:
    """GFN2-xTB energies and forces of one molecule.

    Parameters
    ----------
    warm
        Start each SCF from the last density, which saves a third of the time. The forces then depend on the path within
        the accuracy; do not use it where exact reversal is measured.
    accuracy
        The threshold of the SCF relative to the program's default.
    """

    name = METHOD

    def __init__(self, molecule: Molecule, warm: bool = False, accuracy: float = ACCURACY) -> None:
        interface = package("tblite.interface", METHOD)
        self._fault = package("tblite.exceptions", METHOD).TBLiteRuntimeError
        self.molecule, self.warm = molecule, warm
        try:
            start = molecule.positions_nm / BOHR_NM
            self._calculator = interface.Calculator(METHOD, np.array(molecule.numbers), start, float(molecule.charge))
        except self._fault as error:
            raise InputError(f"{molecule.name}: tblite cannot set up {METHOD} ({_line(error)})") from None
        self._calculator.set("accuracy", accuracy)
        self._calculator.set("verbosity", 0)
        self._last = None

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        if not np.isfinite(positions_nm).all():
            raise ForceFault(f"{METHOD}: a coordinate is not finite")
        try:
            self._calculator.update(positions=positions_nm / BOHR_NM)
            if self.warm and self._last is not None:
                found = self._calculator.singlepoint(self._last, copy=False)
            else:
                found = self._calculator.singlepoint()
        except self._fault as error:
            self._last = None
            raise ForceFault(f"{METHOD}: {_line(error)}") from None
        self._last = found if self.warm else None
        forces = -np.array(found.get("gradient")) * FORCE_KJ_MOL_NM
        return checked(METHOD, float(found.get("energy")) * HARTREE_KJ_MOL, forces)


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
