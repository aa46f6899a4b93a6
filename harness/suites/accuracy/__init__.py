"""Can the subject replace the production code? This is tested case by case."""

from harness.suites.accuracy.plan import Case, Plan, case_ids, planned
from harness.suites.accuracy.run import Outcome, run

__all__ = ["Case", "Outcome", "Plan", "case_ids", "planned", "run"]
