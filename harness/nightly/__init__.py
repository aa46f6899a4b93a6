"""The nightly run: data, training if asked, suites, report; each phase taken up where a kill left it."""

from harness.nightly.options import PHASES, NightlyOptions
from harness.nightly.run import Outcome, nightly

__all__ = ["PHASES", "NightlyOptions", "Outcome", "nightly"]
