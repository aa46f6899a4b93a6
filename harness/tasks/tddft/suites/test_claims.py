"""Claims of the field that do not hold, each with an experiment and with what is done instead."""

from __future__ import annotations

import pytest

from harness.tasks.tddft.suites.claims import EXPERIMENTS
from harness.tasks.tddft.suites.number import number

SUITE = "claims"
pytestmark = pytest.mark.tier("nightly")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.target)
def test_claim(experiment, verdict):
    """The number shows that the claim does not hold; that of what is done instead must not."""
    claimed, instead = experiment.measure()
    about = {"reference": "experiment", "note": experiment.claim}
    verdict.check(number(experiment.reads, experiment.claim, "the claim", claimed, **about), experiment.target)
    row = number(experiment.reads, experiment.claim, f"instead: {experiment.instead}", instead, **about)
    verdict.control(row, experiment.target)
