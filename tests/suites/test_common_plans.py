"""What the plans of the common suites say that they judge, beside the table of spins, which is written down apart."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.suites.behaviour import Behaviour, package_of
from harness.suites.planned import PlannedTest
from harness.task import Tier, default_task
from harness.tasks.spins.suites.plans import PLANS
from harness.tasks.spins.suites.tier_plan import tier_plan


def counted(test: PlannedTest) -> Counter:
    found: Counter = Counter()
    for number in test.numbers:
        found[number.target, number.expected, number.needs] += number.count
    return found


@pytest.mark.parametrize("tier", ["smoke", "nightly", "full"])
def test_plans_and_table_agree_on_every_number(tier: Tier) -> None:
    stated = {test.id: counted(test) for test in tier_plan(tier).tests}
    found = {test.id: counted(test) for test in Behaviour(default_task()).tier_plan(tier).tests}
    assert found
    assert {name: stated.get(name) for name in found} == found
    common = {name for name in stated if name.startswith("harness.suites.")}
    assert common == set(found)


def test_every_plan_names_a_common_suite_and_every_tier() -> None:
    for suite, tiers in PLANS.items():
        assert set(tiers) == {"smoke", "nightly", "full"}, suite
        assert {package_of(plan).startswith("harness.suites.") for plan in tiers.values()} == {True}


def test_every_target_of_a_plan_is_in_the_table_of_targets() -> None:
    from harness.suites.targets import load_targets

    known = load_targets(default_task().targets)
    for tier in ("smoke", "nightly", "full"):
        for test in Behaviour(default_task()).tier_plan(tier).tests:
            assert {number.target for number in test.numbers} <= set(known[test.suite].targets), test.id
