"""From judged numbers to pages: records, tables, figures and one self-contained report, independent of the task."""

from harness.report.page import Exhibit, Figure, SuitePage
from harness.report.records import Context, Exclusion, Interval, Judgement, Measurement, Record, Target, judge
from harness.report.store import Report, read_records, write_records

__all__ = [
    "Context",
    "Exclusion",
    "Exhibit",
    "Figure",
    "Interval",
    "Judgement",
    "Measurement",
    "Record",
    "Report",
    "SuitePage",
    "Target",
    "judge",
    "read_records",
    "write_records",
]
