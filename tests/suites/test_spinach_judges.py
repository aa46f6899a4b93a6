"""Every judge of the suite against Spinach catches a fault, lets correct subjects pass, and says where it is worst.

Judged on real cases of the plan, with ``exact`` as the truth: what is under test is the judging, not Spinach.
"""

from __future__ import annotations

from functools import cache

import pytest

from harness.report import judge
from harness.subjects import NamedSubject, Subject, load_subject
from harness.suites.accuracy.compare import Compared
from harness.suites.accuracy.compare import compare as compare_case
from harness.suites.accuracy.run import claims_of
from harness.suites.targets import load_targets
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.spinach.learned import against_untrained, worth_of_learning
from harness.tasks.spins.suites.spinach.plan import PLANS, case_of
from harness.tasks.spins.suites.spinach.production import SpinachAnswers
from harness.tasks.spins.suites.spinach.sources import source_difference
from harness.tasks.spins.suites.truth import Case, resolve_truth, unanswered
from tests.suites import faulty

MOLECULES = ("alanine.gissmo-9.4T", "valine.govindaraju-14.1T", "valine.gissmo-variant-3")
CHAINS = ("chain-4-draw-1", "chain-6-uniform")
STRONG = ("chain-4-strong-draw-2", "chain-6-strong-draw-1")
TARGETS = load_targets()["spinach"]


@cache
def truth():
    return resolve_truth("exact", live=False, allow_fallback=False)


@cache
def case(key: str) -> Case:
    return truth().case(key)


def compare(key: str, subject: Subject) -> Compared:
    """A case of the suite, with ``exact`` in place of Spinach."""
    planned = case_of(unanswered(key, truth().planned[key]))
    return compare_case(subject, PLANS["smoke"], planned, SpinachAnswers(truth()))


def others() -> list:
    """Systems in an order in which each kind is followed by another kind."""
    order = (MOLECULES[0], STRONG[0], MOLECULES[1], STRONG[1], MOLECULES[2], *CHAINS)
    return [case(key).system for key in order]


def verdicts(change, name: str = "faulty") -> dict[str, set[str]]:
    """Target → keys of the cases on which the subject misses it."""
    missed: dict[str, set[str]] = {}

    subject = faulty.subject(name, change)
    for key in (*MOLECULES, *CHAINS, *STRONG):
        for claim in claims_of(compare(key, subject)):
            if claim.target and judge(claim.measurement, TARGETS.target(claim.target)).verdict != "pass":
                missed.setdefault(claim.target, set()).add(key)
    return missed


# One is of subjects that hold something learned, two of molecules of the laboratory (test_laboratory.py).
ALL = {name for name in TARGETS.targets} - {"against_untrained", "laboratory_m", "unflagged_error"}
ON_M = ALL - {"molecule_i1z_rmse", "chain_i1z_rmse", "chain_strong_i1z_rmse"}


@pytest.mark.parametrize(
    ("name", "change", "caught"),
    [
        ("noise 2e-2", faulty.noise(2e-2), ALL - {"splitting_hz", "line_position_hz"}),
        ("J x 1.2", faulty.couplings(1.2), ALL - {"molecule_i1z_rmse", "line_position_hz"}),
        ("one spin 3 Hz off", faulty.shifted_spin(3.0), ON_M - {"splitting_hz"}),
    ],
)
def test_faults_are_caught_by_the_judges_that_should(name: str, change, caught: set[str]) -> None:
    assert caught <= set(verdicts(change)), name


def test_shuffled_answers_miss_every_target() -> None:
    assert set(verdicts(faulty.shuffled(others()))) == ALL


@pytest.mark.parametrize("change", [faulty.exact, faulty.relabelled, faulty.all_couplings_negated])
def test_correct_subjects_and_null_faults_pass_everything(change) -> None:
    assert verdicts(change) == {}


def test_i1z_of_a_molecule_is_judged_and_that_of_glycine_is_not() -> None:
    assert case("alanine.gissmo-9.4T").judges_i1z
    assert not case("glycine.gissmo-9.4T").judges_i1z
    assert not case("glycine-13c.literature-9.4T").judges_i1z


def test_an_i1z_that_hardly_moves_is_stated_to_test_nothing() -> None:
    found = compare("alanine.gissmo-9.4T", faulty.subject("x", faulty.exact))
    assert "a constant would pass" in found.error(RMSE_I1Z).note
    found = compare(STRONG[0], faulty.subject("x", faulty.exact))
    assert found.error(RMSE_I1Z).note == ""


def test_unlabelled_glycine_is_vacuous_and_the_labelled_one_is_not() -> None:
    glycine = case("glycine.gissmo-9.4T")
    assert glycine.vacuous
    found = compare("glycine.gissmo-9.4T", faulty.subject("J x 3", faulty.couplings(3.0)))
    measurement = found.error(RELATIVE_M)
    assert judge(measurement, TARGETS.target("molecule_relative_error")).verdict == "pass"
    assert "any method that has the offset gets right" in measurement.note
    labelled = case("glycine-13c.literature-9.4T")
    assert not labelled.vacuous
    found = compare("glycine-13c.literature-9.4T", faulty.subject("J x 1.02", faulty.couplings(1.02)))
    measurement = found.error(RELATIVE_M)
    assert judge(measurement, TARGETS.target("molecule_relative_error")).verdict == "fail"


def test_a_network_that_is_worth_something_passes_and_none_or_noise_in_its_place_does_not() -> None:
    subject = load_subject("spin-graph")
    target = TARGETS.target("against_untrained")
    cases = [compare(key, subject) for key in ("chain-6-uniform", "chain-8-draw-1", *STRONG)]
    found = against_untrained("chains", cases)
    assert found is not None
    assert found.case == "4 chains"
    assert against_untrained("chains", []) is None
    assert against_untrained("chains", [compare(STRONG[0], faulty.subject("x", faulty.exact))]) is None
    both = worth_of_learning(subject, exact_truths(), 60)
    assert [judge(worth.subject, target).verdict for worth in both] == ["pass", "pass"]
    assert [judge(worth.control, target, "miss").verdict for worth in both] == ["pass", "pass"]
    assert all(worth.subject.interval and worth.subject.cases == 240 for worth in both)
    bare = worth_of_learning(NamedSubject("bare", "surrogate", subject.model.untrained(), {}), exact_truths(), 5)
    assert [judge(worth.subject, target).verdict for worth in bare] == ["fail", "fail"]
    assert [worth.subject.value for worth in bare] == pytest.approx([1.0, 1.0])
    assert worth_of_learning(faulty.subject("x", faulty.exact), exact_truths(), 5) == []


@pytest.mark.parametrize("name", ["pair-product", "weak-coupling"])
def test_formulas_fail_on_chains_and_nearly_pass_on_molecules(name: str) -> None:
    """The two controls, on the case of each kind that is hardest for them here."""
    worst = {}
    for keys, target in ((CHAINS, "chain_rmse"), (STRONG, "chain_strong_rmse")):
        values = [compare(key, faulty.subject("x", faulty.exact)) for key in keys]
        worst[target] = max(one.error(RMSE_M, name).value for one in values)
        assert worst[target] > TARGETS.target(target).value
    molecule = compare(MOLECULES[0], faulty.subject("x", faulty.exact))
    assert molecule.error(RELATIVE_M, name).value < 3e-3


def test_the_source_makes_a_difference_of_per_cents() -> None:
    one, other = case("valine.gissmo-14.1T"), case("valine.govindaraju-14.1T")
    assert source_difference(one, other, "x").value == pytest.approx(0.30, abs=0.02)
    alanine = source_difference(case("alanine.gissmo-14.1T"), case("alanine.govindaraju-14.1T"), "x")
    assert alanine.value == pytest.approx(0.11, abs=0.02)


def test_a_subject_that_fails_gives_measurements_with_the_reason() -> None:
    def broken(system, grid):
        raise ArithmeticError("no")

    found = compare(CHAINS[0], faulty.subject("broken", broken))
    judged = judge(found.error(RMSE_M), TARGETS.target("chain_rmse"))
    assert judged.verdict == "error"
    assert "raised ArithmeticError: no" in judged.message
    assert found.error(RMSE_M, "pair-product").value is not None


def test_the_time_of_the_reference_is_recorded_with_that_of_the_subject() -> None:
    claims = claims_of(compare(CHAINS[0], faulty.subject("x", faulty.exact)))
    found = {claim.measurement.metric: claim.measurement for claim in claims}
    ours, theirs, ratio = (found[name] for name in ("time of the subject", "time of the reference", "time ratio"))
    assert ours.unit == theirs.unit == "s"
    assert ratio.value == pytest.approx(theirs.value / ours.value)


def test_the_worst_time_is_named() -> None:
    def one_bad_point(system, grid):
        true = faulty.exact(system, grid)
        mx = true.mx.copy()
        mx[123] += 0.5
        return type(true)(grid, true.provenance, mx, true.my, true.i1z)

    found = compare(CHAINS[0], faulty.subject("x", one_bad_point))
    assert found.error(RMSE_M).worst.startswith("t = 12.3 ms")


@pytest.mark.parametrize(
    ("key", "judged"),
    [
        (
            MOLECULES[0],
            ["molecule_relative_error", "molecule_i1z_rmse", "against_pair_product", "line_position_hz",
             "splitting_hz"],
        ),
        ("glycine.gissmo-9.4T", ["molecule_relative_error"]),
        (CHAINS[0], ["chain_rmse", "chain_i1z_rmse"]),
        (STRONG[0], ["chain_strong_rmse", "chain_strong_i1z_rmse"]),
    ],
)  # fmt: skip
def test_every_case_is_judged_by_these_targets_and_no_other(key: str, judged: list[str]) -> None:
    """What the plan asks of a case: a check that becomes a mere record is seen here."""
    claims = [claim for claim in claims_of(compare(key, faulty.subject("x", faulty.exact))) if claim.target]
    assert [claim.target for claim in claims] == judged
    assert {judge(claim.measurement, TARGETS.target(claim.target)).verdict for claim in claims} == {"pass"}
