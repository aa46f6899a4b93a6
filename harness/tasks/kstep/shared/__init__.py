"""A correction of MMFF94 that is shared by all molecules: terms of bonds, angles, torsions and pairs, by atom types."""

from harness.tasks.kstep.shared.fitting import Sample, fit
from harness.tasks.kstep.shared.potential import SharedCorrection, SharedPotential

__all__ = ["Sample", "SharedCorrection", "SharedPotential", "fit"]
