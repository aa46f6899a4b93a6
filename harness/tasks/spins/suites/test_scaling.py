"""The suite of cost, with the plans of spins."""

from __future__ import annotations

import pytest

from harness.suites.cost.test_cost import *  # noqa: F403
from harness.tasks.spins.suites.plans.scaling import PLANS

SUITE = "scaling"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]
