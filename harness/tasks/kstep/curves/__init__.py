"""Learning curves of transfer: what the force field saves in quantum data, for jumps and for the correction."""

from harness.tasks.kstep.curves.plan import Plan, Row
from harness.tasks.kstep.curves.run import measure

__all__ = ["Plan", "Row", "measure"]
