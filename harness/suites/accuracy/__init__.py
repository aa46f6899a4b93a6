"""May the subject be trusted in place of the production code, case by case?"""

from harness.suites.accuracy.plan import Case, Plan, planned
from harness.suites.accuracy.run import Outcome, run

__all__ = ["Case", "Outcome", "Plan", "planned", "run"]
