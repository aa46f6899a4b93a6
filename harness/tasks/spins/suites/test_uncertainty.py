"""The suite of uncertainty, with the plans of spins."""

from __future__ import annotations

import pytest

from harness.suites.uncertainty.test_uncertainty import *  # noqa: F403
from harness.tasks.spins.suites.plans.uncertainty import PLANS

SUITE = "uncertainty"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]
