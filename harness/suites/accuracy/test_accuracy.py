"""Can the subject replace the production code? This is tested case by case."""

from __future__ import annotations

import pytest

from harness.suites.accuracy.compare import compare
from harness.suites.accuracy.run import claims_of
from harness.suites.running import record


@pytest.fixture(scope="module")
def production(plan, truth):
    """The production code of the run."""
    return plan.production(truth, plan)


@pytest.fixture(scope="module")
def cases(plan):
    """The cases of the plan by the names of their tests."""
    return {case.key: case for case in plan.cases()}


def test_case(case_id, cases, plan, subject, production, verdict):
    found = compare(subject, plan, cases[case_id], production)
    record(verdict, claims_of(found))
    if arrays := plan.stored(found):
        verdict.keep(case_id, **arrays)


def test_controls(plan, production, verdict):
    """Methods that are known to be wrong must miss the targets, in the same run in which the subject passes."""
    for control in plan.controls(plan, production):
        record(verdict, control.missed(), control=True)
