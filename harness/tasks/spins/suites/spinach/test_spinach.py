"""What only the suite against Spinach asks: its own input of a molecule, its two sources, and the worth of training.

The errors of every case are judged by the common suite of accuracy with the plan of this folder. The molecules alone do
not test a trained model, because formulas nearly reach their targets. A subject that contains more than those formulas
is compared on the chains with the same subject without its network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from harness.suites.accuracy.compare import Compared, compare
from harness.suites.accuracy.plan import Case
from harness.suites.active import run_of
from harness.tasks.spins.metrics import RELATIVE_M
from harness.tasks.spins.spinach import MoleculeRequest
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.spinach.laboratory import (
    LABORATORY_COUPLINGS,
    convention_error,
    given_the_molecule,
    in_our_frame,
    is_hard,
    statement_of,
    unflagged,
    with_laboratory_couplings,
)
from harness.tasks.spins.suites.spinach.learned import against_untrained, worth_of_learning
from harness.tasks.spins.suites.spinach.plan import PAIR_PRODUCT, cases_of
from harness.tasks.spins.suites.spinach.sources import pairs_of_sources, source_difference
from harness.tasks.spins.suites.truth import Truth
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio

SUITE = "spinach"
ROLES = {"chains": ("chain", "chain-truncated"), "strong chains": ("chain-strong",)}
"""Kind of chain → the roles of the cases on which the effect of training is recorded."""
WORTH_CASES = {"smoke": 100, "nightly": 400, "full": 400}
"""Number of chains of each size and kind on which the effect of training is judged."""

Compare = Callable[[Case], Compared]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "key" not in metafunc.fixturenames:
        return
    run = run_of(metafunc.config)
    truth = cast(Truth, run.truth) if run else None
    keys = truth.ids("laboratory") if truth else []
    metafunc.parametrize("key", [key for key in keys if truth and truth.available(key)])


@pytest.fixture(scope="module")
def compared(plan, truth: Truth, subject) -> Compare:
    """The comparison of the subject with Spinach in a case."""
    production = plan.production(truth, plan)
    return lambda case: compare(subject, plan, case, production)


@pytest.fixture(scope="module")
def laboratory() -> dict[str, Case]:
    """The cases whose input is the molecule itself."""
    return {case.id: case for case in cases_of(("laboratory",))}


def test_laboratory_convention(key: str, truth: Truth, laboratory: dict[str, Case], compared: Compare, verdict) -> None:
    """The input of Spinach is the molecule (field, shifts, couplings) instead of our offsets.

    The subject is judged, and also the conversion of the molecule to the rotating frame in this package. With the
    couplings of the laboratory in that frame, the answer for a spin coupled to a nucleus of negative gyromagnetic ratio
    must be wrong. For hard molecules an error counts unless the subject flags its answer; the pair product, which never
    flags its answers, must miss the target.
    """
    found, case = compared(laboratory[key]), truth.case(key)
    error = found.error(RELATIVE_M)
    if is_hard(key):
        verdict.info(error)
        verdict.check(unflagged(error, statement_of(found.subject, case)), "unflagged_error")
        verdict.control(unflagged(found.error(RELATIVE_M, PAIR_PRODUCT.label), ""), "unflagged_error")
    else:
        verdict.check(error, "molecule_relative_error")
    request = truth.planned[key].request
    assert isinstance(request, MoleculeRequest)
    if not given_the_molecule(case):
        return
    verdict.check(convention_error(case, in_our_frame(case, request)), "laboratory_m")
    if gyromagnetic_ratio(request.system.observed) < 0:
        wrong = with_laboratory_couplings(case, request)
        verdict.control(convention_error(case, wrong, LABORATORY_COUPLINGS), "laboratory_m")


def test_sources(truth: Truth, subject, verdict) -> None:
    """Both parameter sources: the effect of the choice of the source on M, to compare the subject's error with."""
    for one, other in pairs_of_sources(truth):
        verdict.info(source_difference(one, other, subject.name))


def test_what_was_learned(subject, truth: Truth, compared: Compare, validation, verdict) -> None:
    """For a subject that has a variant without its network: does the network reduce the error on chains?

    This is judged on a sufficient number of chains from the same ranges as those that Spinach has computed; on the
    latter it is only recorded. The pair product instead of the subject must miss the target, because its error is
    larger than that of the formulas on which a subject is based.
    """
    both = worth_of_learning(subject, exact_truths(), WORTH_CASES[validation.options.tier])
    for worth in both:
        verdict.check(worth.subject, "against_untrained")
        verdict.control(worth.control, "against_untrained")
    for kind, roles in ROLES.items() if both else ():
        found = against_untrained(kind, [compared(case) for case in cases_of(roles) if truth.available(case.id)])
        if found is not None:
            verdict.info(found)
