"""Seeded faults: every one of them must be seen by the checks that judge the subject."""

from __future__ import annotations

from harness.suites.running import Files, write
from harness.tasks.kstep.faults import FAULTS, Fault
from harness.tasks.kstep.suites.detect import Bench
from harness.tasks.kstep.suites.measured import measured

SUITE = "detection"
METRIC = "faults that no check sees"


def bench(method, tier_plan, grid, windows, validation) -> Bench:
    """The checks, on one window of the first molecule."""
    return Bench(method.found, windows[tier_plan.molecules[0]][0], grid, validation.suites)


def test_matrix(method, tier_plan, grid, windows, validation, verdict):
    checks = bench(method, tier_plan, grid, windows, validation)
    seen = {fault.name: checks.seen(fault) for fault in FAULTS}
    reasons = {name: list(found) for name, found in seen.items()}
    write(validation.folder, Files(documents={"detection": reasons}))
    slipped = [name for name, reasons in seen.items() if not reasons]
    row = measured(METRIC, f"{len(FAULTS)} faults", "the checks", float(len(slipped)), "1", worst=", ".join(slipped))
    verdict.check(row, "slipped")


def test_control(method, tier_plan, grid, windows, validation, verdict):
    """A fault that changes nothing is not seen: the checks do not call everything wrong."""
    nothing = Fault("nothing", "a fault that changes nothing", lambda correct, setting: correct)
    reasons = bench(method, tier_plan, grid, windows, validation).seen(nothing)
    row = measured(METRIC, nothing.words, "the checks", float(not reasons), "1", worst="; ".join(reasons))
    verdict.control(row, "slipped")
