"""Systems that are drawn for this run (--fresh-seed), so that no cache contains their answers."""

from __future__ import annotations

import pytest

from harness.suites.running import record, worst_claim
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.fresh import run as fresh
from harness.tasks.spins.suites.fresh.cached import Reciting
from harness.tasks.spins.suites.fresh.plan import KINDS, draw

SUITE = "fresh"


@pytest.fixture(scope="module")
def seed(validation):
    return validation.options.fresh_seed


@pytest.fixture(scope="module")
def cases(seed):
    return draw(seed, exact_truths())


def test_molecules(cases, subject, seed, verdict):
    record(verdict, fresh.claims_of(subject, [c for c in cases if c.role in KINDS["molecules"]], seed))


def test_chains(cases, subject, seed, verdict):
    record(verdict, fresh.claims_of(subject, [c for c in cases if c.role in KINDS["chains"]], seed))


def test_beside_cached(cases, subject, truth, seed, verdict):
    """Errors on cached systems, whose answers a subject may store, compared with errors on fresh systems."""
    record(verdict, fresh.against_cached(subject, cases, truth, seed))


def test_live_spinach(cases, truth, seed, verdict):
    """If Spinach can be run: its answers for the fresh systems agree with those of our exact reference, which judges
    the subject."""
    if truth.live_spinach is not None:
        record(verdict, fresh.live_claims(cases, truth.live_spinach, seed))


def test_control(cases, truth, seed, verdict):
    """A subject that returns the cached answers, and the pair product for all other systems."""
    subject = Reciting.of(truth)
    claims = fresh.claims_of(subject, [c for c in cases if c.role == "chain"], seed)
    claims += fresh.against_cached(subject, cases, truth, seed)
    for target in ("chain_rmse", "over_cached"):
        record(verdict, [worst_claim(claims, target)], control=True)
