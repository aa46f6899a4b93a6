"""How accurately and how fast are the parameters of a system estimated from a noisy signal?"""

from harness.suites.inverse.gauss_newton import GaussNewton
from harness.suites.inverse.plan import Broken, Case, Fitted, Joint, Plan, Single, planned
from harness.suites.inverse.run import Outcome, of_subject, run

__all__ = [
    "Broken", "Case", "Fitted", "GaussNewton", "Joint", "Outcome", "Plan", "Single", "of_subject", "planned", "run",
]  # fmt: skip
