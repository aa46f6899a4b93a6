"""Integrators of i dD/dt = [F(D, t), D], one method per file.

Each is unitary: trace, D² = D and hermiticity hold to rounding whatever F is, so that they detect no error of F.
"""

from harness.tasks.tddft.propagators.base import Counted, FockModel, Stepper
from harness.tasks.tddft.propagators.evolution import METHODS, Evolution, evolve

__all__ = ["METHODS", "Counted", "Evolution", "FockModel", "Stepper", "evolve"]
