"""The suites on subjects that are too slow for all of their cases."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from harness.benchmark.timing import Protocol
from harness.errors import InputError
from harness.subjects import NamedSubject
from harness.suites import asking, cost, ood, uncertainty
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.ood import plan as of_ood
from harness.tasks.spins.suites.populations import chains
from harness.tasks.spins.suites.scaling import plan as of_scaling
from harness.tasks.spins.suites.topology import run as topology
from harness.tasks.spins.suites.topology.plan import Plan
from harness.tasks.spins.suites.uncertainty import plan as of_uncertainty

PLAN = of_uncertainty.plan_of(3, 200, 200, 40, seed=7, budget_s=60.0)
TIMED = sys.modules["harness.suites.uncertainty.run"]


class Slow:
    """Pair products; each case is said to take ``seconds`` by a clock that runs on cases."""

    name = "slow"
    observables = ("m", "i1z")

    def __init__(self, seconds: float) -> None:
        self.seconds, self.requested = seconds, 0

    def simulate(self, system, grid, observables=("m", "i1z")):
        self.requested += 1
        return reference("pair-product").simulate(system, grid)


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch):
    """Makes a model and the subject that it is; no time is measured, so that a busy machine changes nothing."""

    def make(seconds: float) -> tuple[Slow, NamedSubject]:
        model = Slow(seconds)
        for module in (asking, TIMED):
            monkeypatch.setattr(module, "perf_counter", lambda: model.requested * model.seconds)
        return model, NamedSubject("slow", "reference", model, {})

    return make


def test_a_fast_subject_does_all_cases(subject):
    plan, why = TIMED.affordable(subject(1e-6)[1], PLAN)
    assert plan == PLAN
    assert why == ""


def test_a_slow_subject_does_fewer_and_the_rest_is_written_as_not_done(subject):
    """5 ms a case: the 440 cases, asked three times, would take 6.6 s; half of that is allowed."""
    model, slow = subject(5e-3)
    plan = replace(PLAN, budget_s=3.3)
    found = uncertainty.run(slow, plan, exact_truths(reference("cluster", size=4)))
    assert 60 <= model.requested < plan.cases
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
    found = uncertainty.run(slow, replace(PLAN, budget_s=0.5), exact_truths())
    assert model.requested == 1 + 2 * TIMED.PROBE
    (claim,) = found.claims
    assert claim.target == "conformal_law"
    assert not claim.measurement.determined
    assert claim.measurement.value is None
    assert claim.measurement.note.startswith("none of 440 cases done")


@pytest.mark.parametrize("tier", ["smoke", "nightly", "full"])
def test_every_tier_has_a_budget(tier):
    assert 0 < of_uncertainty.PLANS[tier].budget_s <= 1800


def test_a_topology_that_is_too_slow_is_done_in_part_and_in_pairs(subject):
    """3 s a case and 31 s a topology: ten cases of each, the same ten, and that is written."""
    model, slow = subject(3.0)
    found = topology.run(slow, Plan((5,), 24, budget_s=31.0, beyond=(20,)), exact_truths())
    assert model.requested == 4 * 10
    assert {row.topology: row.cases for row in found.rows} == dict.fromkeys(("chain", "ring", "star", "tree"), 10)
    notes = [c.measurement.note for c in found.claims if c.measurement.metric == "cases not done"]
    assert notes == ["14 of 24 cases not done: a case takes 3 s, and this tier allows 31 s"]
    assert {row.spins for row in found.rows} == {5}, "a simulator is not asked about twenty spins"


def test_a_topology_that_is_slower_than_the_chain_is_paired_with_its_first_cases(monkeypatch: pytest.MonkeyPatch):
    """1 s a chain and 3 s a ring: 30 chains and 10 rings in 30 s, and 10 stars and trees, as many as rings."""
    model = Slow(1.0)
    clock = [0.0]

    def simulate(system, grid, observables=("m", "i1z")):
        clock[0] += 3.0 if np.count_nonzero(system.couplings_hz) == 2 * len(system) else 1.0
        return reference("pair-product").simulate(system, grid)

    model.simulate = simulate  # type: ignore[method-assign]
    monkeypatch.setattr(asking, "perf_counter", lambda: clock[0])
    slow = NamedSubject("slow", "reference", model, {})
    found = topology.run(slow, Plan((5,), 30, budget_s=30.0), exact_truths())
    assert {row.topology: row.cases for row in found.rows} == {"chain": 30, "ring": 10, "star": 10, "tree": 10}
    ring = next(row for row in found.rows if row.topology == "ring")
    chains, rings = ([one["rmse_m"] for one in found.errors[5][kind]] for kind in ("chain", "ring"))
    assert ring.increase == pytest.approx(np.mean(rings) / np.mean(chains[:10]) - 1)
    assert ring.difficulty == pytest.approx(ring.increase), "the subject is the pair product"


def test_one_case_at_least_is_done_however_slow(subject):
    _, slow = subject(1000.0)
    once = Protocol(0, 1, 1, budget_s=1e-9)
    plan = of_scaling.plan_of((4, 6), 6, 1, (), protocol=once, beyond=(16,), budget_s=60.0)
    found = cost.run(slow, plan, exact_truths())
    assert {p.size for p in found.points} == {4, 6}
    assert all(p.cases == 1 for p in found.points)
    answers, why = asking.ask_within(slow, chains(4).draw(3, 0), chains(4).grid, 60.0)
    assert len(answers.trajectories) == 1
    assert why == "2 of 3 cases not done: a case takes 1e+03 s, and this tier allows 60 s"


def test_a_fast_subject_is_requested_about_all_regimes_and_cases(subject):
    _, fast = subject(1e-6)
    found = ood.run(fast, of_ood.plan_of(4, 5, 6), exact_truths())
    assert {len(result.errors) for result in found.results} == {6}
    assert not [c for c in found.claims if c.measurement.metric == "cases not done"]


def test_what_is_not_supported_is_requested_once(subject):
    """A refusal is no matter of pace: one case tells it."""
    model, _ = subject(1.0)

    class Refuses:
        observables = ("m", "i1z")

        def simulate(self, system, grid, observables=("m", "i1z")):
            model.requested += 1
            raise InputError("four spins at most")

    answers, why = asking.ask_within(
        NamedSubject("refuses", "reference", Refuses(), {}), chains(5).draw(9, 0), chains(5).grid, 60.0
    )
    assert (answers.refusal, why, model.requested) == ("four spins at most", "", 1)
