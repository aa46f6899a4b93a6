"""Is the stated uncertainty calibrated, and is it large where the error is large?"""

from harness.suites.uncertainty.plan import Plan, excluded, planned
from harness.suites.uncertainty.run import Outcome, run

__all__ = ["Outcome", "Plan", "excluded", "planned", "run"]
