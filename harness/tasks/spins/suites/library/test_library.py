"""Real molecules: a thousand spin systems at two fields and up to one second. Is the subject ever wrong in silence?

The truth is exact. The answers of Spinach for sixty of the systems show that exact is correct. A subject that flags
all its answers is never wrong in silence, so that its needless flags are judged as well.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.subjects import NamedSubject, load_subject
from harness.suites.asking import not_done
from harness.suites.detection.faults import Fault, Faulty
from harness.suites.running import Files, record, worst_claim, write
from harness.surrogates import DomainCheck
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.faults.correct import ExactSurrogate
from harness.tasks.spins.suites.library import against_spinach as library_spinach
from harness.tasks.spins.suites.library.figure import library_figure
from harness.tasks.spins.suites.library.plan import PLANS
from harness.tasks.spins.suites.library.run import run
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID

SUITE = "library"


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


@pytest.fixture(scope="module")
def spinach_answers(truth):
    return library_spinach.cases_of(truth)


def test_library(subject, validation, plan, verdict):
    found = run(subject, plan)
    there = any(row.error is not None for row in found.rows)
    figures = {"figure9_library": lambda: library_figure(found.rows, subject.name)} if there else {}
    write(validation.folder, Files(tables={"exp9_library": found.rows}, figures=figures))
    record(verdict, found.claims)


def test_against_spinach(subject, truth, plan, spinach_answers, verdict):
    rows, undone = library_spinach.subject_rows(subject, spinach_answers, plan.budget_s)
    for claim in not_done(subject, "systems that Spinach has simulated", undone):
        verdict.info(claim.measurement)
    verdict.check(library_spinach.subject_claim(subject, rows, truth), "silent_failures")


def test_exact_against_spinach(spinach_answers, verdict):
    """The reference of this package is judged. With all couplings positive it must miss the target."""
    verdict.check(library_spinach.exact_error(spinach_answers), "exact_m")
    wrong = library_spinach.exact_error(spinach_answers, library_spinach.unsigned, "exact with all couplings positive")
    verdict.control(wrong, "exact_m")


def test_control_silent(verdict):
    """First order states no error, and is wrong for all systems with strong coupling."""
    short = replace(PLANS["smoke"], windows=(LONG_GRID,), fields_t=(1.4,))
    claims = run(load_subject("weak-coupling"), short).claims
    record(verdict, [worst_claim(claims, "silent_failures")], control=True)


def test_control_needless(verdict):
    """Exact answers that are all flagged: they are never wrong in silence, but all flags are needless."""
    fault = Fault("flag always outside", "the domain check objects to everything", uncertainty=_always_outside)
    model = Faulty(ExactSurrogate(exact_truths(observables=("m",))), fault)
    short = replace(PLANS["smoke"], windows=(STANDARD_GRID,), fields_t=(11.74,))
    claims = run(NamedSubject(fault.name, "surrogate", model, {"fault": fault.what}), short).claims
    record(verdict, [worst_claim(claims, "needless")], control=True)


def _always_outside(prediction: Prediction, size: float, rng: object) -> Prediction:
    return replace(prediction, in_domain=tuple(DomainCheck({"spins": 1.0}) for _ in prediction.in_domain))
