"""The suite out of distribution, with the plans of spins."""

from __future__ import annotations

import pytest

from harness.suites.ood.test_ood import *  # noqa: F403
from harness.tasks.spins.suites.plans.ood import PLANS

SUITE = "ood"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


@pytest.fixture(scope="module")
def suite(validation):
    return validation.suites[SUITE]
