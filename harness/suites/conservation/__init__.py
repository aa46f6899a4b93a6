"""Do the methods, and the outputs of the subject where they determine it, conserve what physics conserves?"""

from harness.suites.conservation.laws import AnyLaw, Changed, OfAnswer, OfModel, Symmetry
from harness.suites.conservation.methods import MethodRow, States
from harness.suites.conservation.plan import Plan, excluded, planned
from harness.suites.conservation.run import Outcome, run

__all__ = [
    "AnyLaw",
    "Changed",
    "MethodRow",
    "OfAnswer",
    "OfModel",
    "Outcome",
    "Plan",
    "States",
    "Symmetry",
    "excluded",
    "planned",
    "run",
]
