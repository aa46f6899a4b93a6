"""The learned correction potential: a kernel on inverse distances, added to the inner force field of RESPA."""

from harness.tasks.kstep.kernel.fitting import fit
from harness.tasks.kstep.kernel.labels import Labels
from harness.tasks.kstep.kernel.potential import KernelPotential, Plus

__all__ = ["KernelPotential", "Labels", "Plus", "fit"]
