"""The peak of every normal mode after a cold start, next to that of velocity Verlet of 0.25 fs."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from harness.suites.running import Files, write
from harness.tasks.kstep.library import load
from harness.tasks.kstep.measure.spectrum import density_of_states
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.figures import spectrum_figure
from harness.tasks.kstep.suites.measured import measured

SUITE = "spectrum"
pytestmark = pytest.mark.tier("nightly")
METRIC = "shift of a peak"
CONTROL_K = 4


def test_subject(method, tier_plan, runs, validation, verdict, k):
    for name in tier_plan.molecules:
        shifts = np.abs(runs.shifts_cm(method, name, k))
        worst = f"mode {int(np.argmax(shifts)) + 1} of {len(shifts)}"
        verdict.check(measured(METRIC, name, method.name, float(shifts.max()), "cm-1", worst=worst), "peak_cm")
        masses = load(name).masses_da
        paths = {"velocity Verlet of 0.25 fs": runs.base(method, name), method.name: runs.cold(method, name, k)}
        lines = {label: density_of_states(path, masses) for label, path in paths.items() if not path.fault}
        write(validation.folder, Files(figures={f"spectrum_{name}": partial(spectrum_figure, lines)}))


def test_control(method, tier_plan, runs, verdict):
    name = tier_plan.molecules[0]
    shifts = np.abs(runs.shifts_cm(Method("verlet", method.found), name, CONTROL_K))
    verdict.control(measured(METRIC, name, "velocity Verlet of 1 fs", float(shifts.max()), "cm-1"), "peak_cm")
