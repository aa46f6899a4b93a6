"""Experiment 2: can the subject replace Spinach on molecules and on chains?

Molecules are judged by the relative error of M over 30 ms, and this error must never be larger than that of the product
of pair factors. Chains are judged by the RMSE of M. The molecules alone do not test a trained model, because formulas
nearly reach their targets: the controls show that the same formulas fail on the chains. A subject that contains more
than those formulas is compared on the chains with the same subject without its network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest

from harness.report.records import Measurement
from harness.suites.active import run_of
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
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
from harness.tasks.spins.suites.spinach.learned import worth_of_learning
from harness.tasks.spins.suites.spinach.lines import apparent_moves
from harness.tasks.spins.suites.spinach.measure import (
    BASELINES,
    Compared,
    against_pair_product,
    against_untrained,
    compare,
    errors,
    source_difference,
    times,
)
from harness.tasks.spins.suites.truth import Case, Truth
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio

SUITE = "spinach"
ROLES = {
    "test_molecule": ("molecule", "molecule-variant-test"),
    "test_chain": ("chain", "chain-strong", "chain-truncated"),
    "test_long_grid": ("molecule-long", "molecule-centred"),
    "test_laboratory_convention": ("laboratory",),
}
WORTH_CASES = {"smoke": 100, "nightly": 400, "full": 400}
"""Number of chains of each size and kind on which the effect of training is judged."""

Compare = Callable[[str], Compared]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "key" not in metafunc.fixturenames:
        return
    run = run_of(metafunc.config)
    truth = cast(Truth, run.truth) if run else None
    keys = truth.ids(*ROLES[metafunc.function.__name__]) if truth else []
    metafunc.parametrize("key", [key for key in keys if truth and truth.available(key)])


@pytest.fixture(scope="module")
def compared(truth: Truth, subject) -> Compare:
    done: dict[str, Compared] = {}

    def once(key: str) -> Compared:
        if key not in done:
            done[key] = compare(truth.case(key), truth, subject)
        return done[key]

    return once


def test_molecule(key: str, compared: Compare, verdict) -> None:
    found = compared(key)
    measured = errors(found)
    verdict.check(measured[RELATIVE_M.label, "subject"], "molecule_relative_error")
    if found.case.vacuous:
        verdict.info(against_pair_product(measured))
    else:
        verdict.check(against_pair_product(measured), "against_pair_product")
        position, splitting = line_errors(found, measured[RELATIVE_M.label, "subject"])
        verdict.check(position, "line_position_hz")
        verdict.check(splitting, "splitting_hz")
    verdict.info(measured[RMSE_M.label, "subject"])
    if found.case.judges_i1z:
        verdict.check(measured[RMSE_I1Z.label, "subject"], "molecule_i1z_rmse")
    else:
        verdict.info(measured[RMSE_I1Z.label, "subject"])
    baselines_too(found, measured, verdict)


def test_chain(key: str, compared: Compare, verdict) -> None:
    found = compared(key)
    measured = errors(found)
    strength = "chain_strong" if found.case.role == "chain-strong" else "chain"
    verdict.check(measured[RMSE_M.label, "subject"], f"{strength}_rmse")
    verdict.check(measured[RMSE_I1Z.label, "subject"], f"{strength}_i1z_rmse")
    verdict.info(measured[RELATIVE_M.label, "subject"])
    baselines_too(found, measured, verdict)


@pytest.mark.tier("nightly")
def test_long_grid(key: str, compared: Compare, verdict) -> None:
    """100 ms: recorded but not judged, because a surrogate may have been trained for 30 ms only."""
    found = compared(key)
    measured = errors(found)
    for metric in (RELATIVE_M.label, RMSE_M.label, RMSE_I1Z.label):
        verdict.info(measured[metric, "subject"])
    baselines_too(found, measured, verdict)


def test_laboratory_convention(key: str, truth: Truth, compared: Compare, verdict) -> None:
    """The input of Spinach is the molecule (field, shifts, couplings) instead of our offsets.

    The subject is judged, and also the conversion of the molecule to the rotating frame in this package. With the
    couplings of the laboratory in that frame, the answer for a spin coupled to a nucleus of negative gyromagnetic ratio
    must be wrong. For hard molecules an error counts unless the subject flags its answer; the pair product, which never
    flags its answers, must miss the target.
    """
    found = compared(key)
    measured = errors(found)
    error = measured[RELATIVE_M.label, "subject"]
    if is_hard(key):
        verdict.info(error)
        verdict.check(unflagged(error, statement_of(found.subject, found.case)), "unflagged_error")
        verdict.control(unflagged(measured[RELATIVE_M.label, "pair-product"], ""), "unflagged_error")
    else:
        verdict.check(error, "molecule_relative_error")
    request = truth.planned[key].request
    assert isinstance(request, MoleculeRequest)
    if not given_the_molecule(found.case):
        return
    verdict.check(convention_error(found.case, in_our_frame(found.case, request)), "laboratory_m")
    if gyromagnetic_ratio(request.system.observed) < 0:
        wrong = with_laboratory_couplings(found.case, request)
        verdict.control(convention_error(found.case, wrong, LABORATORY_COUPLINGS), "laboratory_m")


def test_sources(truth: Truth, subject, verdict) -> None:
    """Both parameter sources: the effect of the choice of the source on M, to compare the subject's error with."""
    cases: dict[tuple[str, float | None], list[Case]] = {}
    for key in truth.ids("molecule"):
        if truth.available(key):
            case = truth.case(key)
            if case.truth is not None:
                cases.setdefault((case.molecule, case.field_t), []).append(case)
    for one, other in (pair for pair in cases.values() if len(pair) == 2):
        verdict.info(source_difference(one, other, subject.name))


def test_what_was_learned(truth: Truth, subject, compared: Compare, validation, verdict) -> None:
    """For a subject that has a variant without its network: does the network reduce the error on chains?

    This is judged on a sufficient number of chains from the same ranges as those that Spinach has computed; on the
    latter it is only recorded. The pair product instead of the subject must miss the target, because its error is
    larger than that of the formulas on which a subject is based.
    """
    for worth in worth_of_learning(subject, exact_truths(), WORTH_CASES[validation.options.tier]):
        verdict.check(worth.subject, "against_untrained")
        verdict.control(worth.control, "against_untrained")
    for kind, roles in (("chains", ("chain", "chain-truncated")), ("strong chains", ("chain-strong",))):
        cases = [compared(key) for key in truth.ids(*roles) if truth.available(key)]
        found = against_untrained(kind, cases)
        if found is not None:
            verdict.info(found)


@pytest.mark.parametrize("name", BASELINES)
def test_control(name: str, truth: Truth, compared: Compare, verdict) -> None:
    """Formulas without training must fail on the chains, in the same run in which the subject passes."""
    worst: dict[str, Measurement] = {}
    for role, target in (("chain", "chain_rmse"), ("chain-strong", "chain_strong_rmse")):
        for key in truth.ids(role):
            if truth.available(key):
                found = errors(compared(key))[RMSE_M.label, name]
                if target not in worst or (found.value or 0.0) > (worst[target].value or 0.0):
                    worst[target] = found
    assert worst, "no chain is cached: the controls cannot be run"
    for target, measurement in worst.items():
        verdict.control(measurement, target)


def line_errors(found: Compared, like: Measurement) -> tuple[Measurement, Measurement]:
    """Largest shift of a line and change of a splitting, in Hz, that a fit to the subject's FID would report."""
    case, predicted = found.case, found.answer.trajectory
    position: tuple[str, float | None] = ("", None)
    splitting: tuple[str, float | None] = ("", None)
    if case.truth is not None and predicted is not None and predicted.mx is not None:
        groups = list(case.parameters["groups"])
        moves = apparent_moves(case.system, case.grid, groups, predicted.m - case.truth.m)
        position, splitting = moves.worst_offset(), moves.worst_coupling()

    def like_it(metric: str, where: str, value: float | None) -> Measurement:
        return Measurement(
            metric, like.case, like.subject, like.reference, value, "Hz", where, like.problem, like.determined,
            like.note, like.subject_provenance, like.reference_provenance, like.seeds,
        )  # fmt: skip

    return like_it("apparent shift of a line", *position), like_it("apparent change of a splitting", *splitting)


def baselines_too(found: Compared, measured: dict[tuple[str, str], Measurement], verdict) -> None:
    """Record the errors of the formulas on the same case, the times, and the arrays for the page."""
    for name in found.baselines:
        for metric in (RELATIVE_M.label, RMSE_M.label):
            verdict.info(measured[metric, name])
    for measurement in times(found):
        verdict.info(measurement)
    case = found.case
    if case.truth is None:
        return
    arrays = {"truth_m": case.truth.m, "truth_i1z": case.truth.i1z}
    for name, answer in (("subject", found.answer), *found.baselines.items()):
        if answer.trajectory is not None and answer.trajectory.mx is not None and name in ("subject", *BASELINES):
            arrays[f"{name}_m"] = answer.trajectory.m
        if answer.trajectory is not None and name == "subject":
            arrays["subject_i1z"] = answer.trajectory.i1z
    facts = {
        "role": case.role,
        "molecule": case.molecule,
        "source": case.source,
        "field_t": case.field_t or 0.0,
        "carrier_ppm": case.carrier_ppm,
        "spins": len(case.system),
        "points": case.grid.points,
        "dt_s": case.grid.dt_s,
        "vacuous": case.vacuous,
        "basis": "truncated" if case.truncated else "complete",
        "engine": case.truth.provenance.engine,
    }
    verdict.keep(case.id, **{name: np.asarray(value) for name, value in facts.items()}, **arrays)
