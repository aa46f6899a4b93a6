"""Timing by a protocol: warm-ups dropped, spread reported, one thread, peak memory, resumption, tables and figures."""

from harness.benchmark.child import Work, in_child
from harness.benchmark.growth import Growth, growth
from harness.benchmark.machine import conditions
from harness.benchmark.runner import Job, run, write_table
from harness.benchmark.timing import Protocol, Timing, measure

__all__ = [
    "Growth",
    "Job",
    "Protocol",
    "Timing",
    "Work",
    "conditions",
    "growth",
    "in_child",
    "measure",
    "run",
    "write_table",
]
