"""What the suites share: the plan of the tier, and the seed from which this run draws."""

from __future__ import annotations

import pytest

from harness.tasks.tddft.suites.plan import PLANS, Plan


@pytest.fixture(scope="session")
def tier_plan(validation) -> Plan:
    """Of the tier of the run."""
    return PLANS[validation.options.tier]


@pytest.fixture(scope="session")
def seed(validation) -> int:
    """The fresh seed of the run: nothing was tuned on what it draws."""
    return validation.options.fresh_seed
