"""Energies and forces: GFN2-xTB in process and as a program, and the classical force fields of the inner steps."""

from harness.tasks.kstep.forces.base import Counted, Force, ForceFault, Minus, checked, numerical_forces
from harness.tasks.kstep.forces.gfnff import GfnFF
from harness.tasks.kstep.forces.inner import INNER, inner_force
from harness.tasks.kstep.forces.mmff import Mmff
from harness.tasks.kstep.forces.tblite import Gfn2
from harness.tasks.kstep.forces.xtb_program import XtbProgram

__all__ = [
    "INNER", "Counted", "Force", "ForceFault", "Gfn2", "GfnFF", "Minus", "Mmff", "XtbProgram", "checked", "inner_force",
    "numerical_forces",
]  # fmt: skip
