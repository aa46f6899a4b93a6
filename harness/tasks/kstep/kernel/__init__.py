"""The learned correction potential: a kernel on inverse distances, added to the inner force field of RESPA."""

from harness.tasks.kstep.kernel.fitting import Labels, fit
from harness.tasks.kstep.kernel.potential import KernelPotential, Plus

__all__ = ["KernelPotential", "Labels", "Plus", "fit"]
