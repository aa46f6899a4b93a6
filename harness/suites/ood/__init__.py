"""Outside the ranges of its training: is the error of the subject bounded, and does it report that it is outside?"""

from harness.suites.ood.plan import Plan, excluded, planned
from harness.suites.ood.run import Outcome, run

__all__ = ["Outcome", "Plan", "excluded", "planned", "run"]
