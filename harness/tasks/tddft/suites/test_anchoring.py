"""Re-anchoring: how small is the error for a number of true Fock matrices, compared with ``cfm4`` with as many?"""

from __future__ import annotations

from functools import partial

import pytest

from harness.suites.running import Files, write
from harness.tasks.tddft.suites.anchoring import JUDGED_STRENGTHS_AU, ratio, spent
from harness.tasks.tddft.suites.figures import anchoring_figure
from harness.tasks.tddft.suites.number import number

SUITE = "anchoring"
RATIO = "largest error over that of cfm4 with as many true Fock matrices (1.56 for each au)"
SUBJECTS = {
    "points": "kernel+quad of few points, anchors every 0.8 au",
    "fixed": "kernel, anchors every 0.8 au",
    "none": "kernel without anchors",
}
pytestmark = pytest.mark.tier("nightly")


@pytest.fixture(scope="module")
def rows(tier_plan, seed):
    """E0 → every way to spend the budget, on fresh pulses."""
    return {e0: spent(e0, tier_plan.anchoring, seed) for e0 in JUDGED_STRENGTHS_AU}


def test_budget(rows, seed, validation, verdict):
    for e0, found in rows.items():
        verdict.check(_worst(found, e0, "points", seed), "over_cfm4")
        verdict.info(_worst(found, e0, "fixed", seed))
        for row in found:
            metric = f"relative error of δμ at {row.builds_per_au:.2f} true Fock matrices for each au"
            way = f"{row.way} {row.setting:g}" if row.way != "none" else "kernel alone"
            verdict.info(number(metric, row.case, way, row.error, reference="cfm4"))
    every = [row for found in rows.values() for row in found]
    figures = {"anchoring": partial(anchoring_figure, every)}
    write(validation.folder, Files(tables={"anchoring": every}, figures=figures))


def test_control(rows, seed, verdict):
    """The kernel without anchors misses, where the field is strong."""
    verdict.control(_worst(rows[0.05], 0.05, "none", seed), "over_cfm4")


def _worst(found, e0: float, way: str, seed: int):
    """The largest ratio over the pulses of one strength."""
    value, case = max((ratio(found, case, way), case) for case in {row.case for row in found})
    subject = SUBJECTS[way]
    return number(RATIO, f"H2O lda, fresh pulses, E0 {e0:g}", subject, value, reference="cfm4", worst=case, seed=seed)
