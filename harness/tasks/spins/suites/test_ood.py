"""Experiment 5: outside what it was trained on, is the subject's error bounded, and does it say that it is outside?"""

from __future__ import annotations

import pytest

from harness.subjects import load_subject
from harness.suites.asking import Truths
from harness.suites.running import record, worst_claim, write_figure, write_table
from harness.tasks.spins.suites.experiments import ood
from harness.tasks.spins.suites.experiments.detection import PLANS, RICH, Bench
from harness.tasks.spins.suites.faults.more import FAULTS
from harness.tasks.spins.suites.figures.generalisation import ood_figure

SUITE = "ood"


@pytest.fixture(scope="module")
def truths():
    return Truths()


@pytest.fixture(scope="module")
def outcome(subject, validation, truths):
    found = ood.run(subject, ood.PLANS[validation.options.tier], truths)
    write_table(validation.folder, "exp5_ood", found.rows)
    if found.results:
        flagged = float(validation.suites[SUITE].target("flagged").value)
        write_figure(validation.folder, "figure5_ood", ood_figure(found.results, found.rows, subject.name, flagged))
    return found


def test_regimes(outcome, verdict):
    record(verdict, outcome.claims)


def test_control_error(validation, truths, verdict):
    """Weak coupling is worse than the pair product everywhere: not bounded."""
    plan = ood.PLANS[validation.options.tier]
    claims = ood.run(load_subject("weak-coupling"), plan, truths).claims
    for target in ("in_rmse", "bounded"):
        record(verdict, [worst_claim(claims, target)], control=True)


def test_control_flag(validation, verdict):
    """An exact subject whose domain check never objects is not flagged."""
    silent = next(fault for fault in FAULTS if fault.name == "flag always inside")
    bench = Bench(PLANS["smoke"], validation.suites, Truths(observables=RICH))
    claims = ood.run(bench.faulty(silent), PLANS["smoke"].ood, bench.truths).claims
    record(verdict, [worst_claim(claims, "flagged")], control=True)
