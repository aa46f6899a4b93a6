"""Integrators: maps of a state to the state one macro step later, with the number of quantum calls that they need."""

from harness.tasks.kstep.integrators.base import Integrator, StepFault, run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.integrators.masses import heavier_hydrogens
from harness.tasks.kstep.integrators.rattle import Rattle
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.integrators.verlet import VelocityVerlet

__all__ = ["Integrator", "Langevin", "Rattle", "Respa", "StepFault", "VelocityVerlet", "heavier_hydrogens", "run"]
