"""Cost and error against the size of the system: what a speed-up is worth beside every other method."""

from harness.suites.cost.measure import CostPoint, SpeedUp
from harness.suites.cost.plan import Panel, Plan, Rival, planned
from harness.suites.cost.run import Outcome, run

__all__ = ["CostPoint", "Outcome", "Panel", "Plan", "Rival", "SpeedUp", "planned", "run"]
