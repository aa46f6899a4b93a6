"""The suite of detection power, with the plans of spins."""

from __future__ import annotations

import pytest

from harness.suites.detection.test_detection import *  # noqa: F403
from harness.tasks.spins.suites.plans.detection import PLANS

SUITE = "detection"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]
