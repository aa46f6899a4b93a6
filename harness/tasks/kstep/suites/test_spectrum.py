"""The peak of every normal mode after a cold start, next to that of velocity Verlet of 0.25 fs."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.kstep.library import load
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.experiments import mode_shifts_cm
from harness.tasks.kstep.suites.measured import measured

SUITE = "spectrum"
pytestmark = pytest.mark.tier("nightly")
METRIC = "shift of a peak"


def test_subject(method, tier_plan, verdict, k):
    for name in tier_plan.molecules:
        shifts = np.abs(mode_shifts_cm(method, load(name), k))
        worst = f"mode {int(np.argmax(shifts)) + 1} of {len(shifts)}"
        verdict.check(measured(METRIC, name, method.name, float(shifts.max()), "cm-1", worst=worst), "peak_cm")


def test_control(method, tier_plan, verdict):
    name = tier_plan.molecules[0]
    shifts = np.abs(mode_shifts_cm(Method("verlet", method.found), load(name), 4))
    verdict.control(measured(METRIC, name, "velocity Verlet of 1 fs", float(shifts.max()), "cm-1"), "peak_cm")
