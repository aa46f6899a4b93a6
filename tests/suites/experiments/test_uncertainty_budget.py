"""The uncertainty suite on subjects that are too slow for all of its cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.references import reference
from harness.subjects import NamedSubject
from harness.suites.experiments import uncertainty
from harness.suites.experiments.common import Truths

PLAN = uncertainty.Plan(3, 200, 200, 40, seed=7, budget_s=60.0)


class Slow:
    """Pair products; each case is said to take ``seconds`` by a clock that runs on cases."""

    name = "slow"
    observables = ("m", "i1z")

    def __init__(self, seconds: float) -> None:
        self.seconds, self.asked = seconds, 0

    def simulate(self, system, grid, observables=("m", "i1z")):
        self.asked += 1
        return reference("pair-product").simulate(system, grid)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch):
    """Makes a model and the subject that it is; no time is measured, so that a busy machine changes nothing."""

    def make(seconds: float) -> tuple[Slow, NamedSubject]:
        model = Slow(seconds)
        monkeypatch.setattr(uncertainty, "perf_counter", lambda: model.asked * model.seconds)
        return model, NamedSubject("slow", "reference", model, {})

    return make


def test_a_fast_subject_does_all_cases(subject):
    plan, why = uncertainty.affordable(subject(1e-6)[1], PLAN)
    assert plan == PLAN
    assert why == ""


def test_a_slow_subject_does_fewer_and_the_rest_is_written_as_not_done(subject):
    """5 ms a case: the 440 cases, asked three times, would take 6.6 s; half of that is allowed."""
    model, slow = subject(5e-3)
    plan = replace(PLAN, budget_s=3.3)
    found = uncertainty.run(slow, plan, Truths(reference("cluster", size=4)))
    assert 60 <= model.asked < plan.cases
    (claim,) = [c for c in found.claims if c.measurement.metric == "cases not done"]
    assert not claim.measurement.determined
    assert claim.measurement.note == "220 of 440 cases not done: a case takes 0.005 s, and this tier allows 3.3 s"
    # The law of the fewer cases is their own, not that of the plan.
    laws = {(band.law.calibration, band.law.test) for band in found.bands if band.law}
    assert len(laws) == 1
    (law,) = laws
    assert law[0] < 0.9 * plan.calibration
    assert law[1] < plan.test


def test_a_subject_that_is_far_too_slow_is_not_judged_and_not_passed(subject):
    model, slow = subject(0.02)
    found = uncertainty.run(slow, replace(PLAN, budget_s=0.5), Truths())
    assert model.asked == 1 + uncertainty.PROBE
    (claim,) = found.claims
    assert claim.target == "conformal_law"
    assert not claim.measurement.determined
    assert claim.measurement.value is None
    assert claim.measurement.note.startswith("none of 440 cases done")


@pytest.mark.parametrize("tier", ["smoke", "nightly", "full"])
def test_every_tier_has_a_budget(tier):
    assert 0 < uncertainty.PLANS[tier].budget_s <= 1800
