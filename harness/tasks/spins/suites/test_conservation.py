"""The suite of conservation, with the plans of spins."""

from __future__ import annotations

import pytest

from harness.suites.conservation.test_conservation import *  # noqa: F403
from harness.tasks.spins.suites.plans.conservation import PLANS

SUITE = "conservation"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


@pytest.fixture(scope="module")
def suite(validation):
    return validation.suites[SUITE]
