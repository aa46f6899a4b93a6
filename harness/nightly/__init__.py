"""The nightly run: data, training if requested, suites, report; an interrupted phase is continued in the next run."""

from harness.nightly.options import PHASES, NightlyOptions
from harness.nightly.run import Outcome, nightly

__all__ = ["PHASES", "NightlyOptions", "Outcome", "nightly"]
