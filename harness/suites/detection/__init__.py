"""Which of the seeded faults do the suites detect, and do correct subjects pass?"""

from harness.suites.detection.bench import Bench, Row, fault_row
from harness.suites.detection.faults import Fault, Faulty
from harness.suites.detection.plan import Plan, planned

__all__ = ["Bench", "Fault", "Faulty", "Plan", "Row", "fault_row", "planned"]
