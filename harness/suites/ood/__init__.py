"""Outside the ranges it was trained on: is the subject's error bounded, and does it say that it is outside?"""

from harness.suites.ood.plan import Plan, excluded, planned
from harness.suites.ood.run import Outcome, run

__all__ = ["Outcome", "Plan", "excluded", "planned", "run"]
