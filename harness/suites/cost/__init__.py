"""Cost and error as functions of the size of the system, for the subject and every other method."""

from harness.suites.cost.measure import CostPoint, SpeedUp
from harness.suites.cost.plan import Panel, Plan, Rival, planned
from harness.suites.cost.run import Outcome, run

__all__ = ["CostPoint", "Outcome", "Panel", "Plan", "Rival", "SpeedUp", "planned", "run"]
