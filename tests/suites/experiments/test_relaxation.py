"""The measures of the suite of relaxation: right answers meet their limits, and each mistake shows where it must."""

from __future__ import annotations

import numpy as np
import pytest

from harness.subjects import load_subject
from harness.tasks.spins.spinach.relaxation_cases import made
from harness.tasks.spins.suites.relaxation import generators, noe, wrong
from harness.tasks.spins.suites.relaxation.cases import found, small
from harness.tasks.spins.suites.relaxation.faults import FAULTS, faulty_systems, rejected_claim, seen, slipped_claim
from harness.tasks.spins.suites.relaxation.laws import law_claims
from harness.tasks.spins.suites.relaxation.package import apart, small_claims
from harness.tasks.spins.systems import TimeGrid
from tests.relaxation.made import solomon

DENSE = load_subject("liouville-dense")


def test_rates_are_those_of_the_textbooks() -> None:
    auto, cross, _ = solomon(2.0, 3e-10, 14.1)
    gamma = made("redfield", 2, 0).relaxation.gamma("1H")  # type: ignore[union-attr]
    assert noe.solomon_rates(gamma, 2.0, 3e-10, 14.1) == pytest.approx((auto, cross), rel=1e-9)


@pytest.mark.parametrize("factor", [0.0, -1.0])
def test_a_wrong_cross_relaxation_shows_in_the_build_up(factor: float) -> None:
    assert noe.noe_claim(DENSE).measurement.value == pytest.approx(0.0, abs=1e-10)
    mistaken = wrong.Wrong("wrong", matrix=wrong.cross_relaxation_times(factor))
    assert noe.noe_claim(mistaken.subject).measurement.value > 0.01  # type: ignore[operator]


@pytest.mark.parametrize(
    ("law", "mistake"),
    [
        ("gain", wrong.Wrong("gain", matrix=wrong.matrix_times(-1.0))),
        ("equilibrium", wrong.Wrong("equilibrium", data=wrong.forgotten_equilibrium)),
        ("one_spin", wrong.Wrong("one spin", matrix=wrong.transverse_rates_times(0.3))),
    ],
)
def test_each_law_sees_its_mistake(law: str, mistake: wrong.Wrong) -> None:
    entries = found(small(2)[:3])
    right, mistaken = (
        {claim.target: claim.measurement.value for claim in law_claims(subject, entries)}[law]
        for subject in (DENSE, mistake.subject)
    )
    assert right < 1e-9
    assert mistaken > 0.1


def test_kite_is_no_positive_map_and_its_secular_part_is() -> None:
    kite = generators.conserved("kite", generators.kite_system())
    assert kite.lowest < -1e-2
    assert kite.trace < 1e-12
    assert all(generators.conserved(case, system).lowest > -1e-12 for case, system in generators.judged_systems())


def test_choi_matrix_of_a_transposition_has_its_known_negative_eigenvalue() -> None:
    """The transposition of one spin 1/2 is positive and not completely positive: eigenvalues ±1/2."""
    basis = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1], [1, 0]]]) / np.sqrt(2)
    step = np.diag([1.0, 1.0, 1.0, -1.0])
    values = np.linalg.eigvalsh(generators.choi_matrix(step, basis))
    assert values == pytest.approx([-0.5, 0.5, 0.5, 0.5])


def test_every_fault_is_seen_on_every_system_and_nothing_that_is_right() -> None:
    faults, harmless = seen()
    assert len(faults) == len(FAULTS) * len(faulty_systems())
    assert slipped_claim(faults, 1e-6).measurement.value == 0
    assert slipped_claim(faults, float("inf")).measurement.value == len(faults)
    assert rejected_claim(harmless, 1e-6).measurement.value == 0
    assert rejected_claim(harmless, 0.0).measurement.value == len(harmless)


def test_an_answer_of_spinach_that_is_not_cached_is_a_number_that_is_missing() -> None:
    items = small(2)[:1]
    claims = small_claims(DENSE.model, [apart(DENSE.model, items[0]), None], "dense")
    assert "1 of 2 answers of Spinach are not cached" in claims[0].measurement.problem
    assert claims[0].measurement.value is None


def test_a_surrogate_without_relaxation_refuses_in_one_line() -> None:
    answer = load_subject("spin-graph").answer(made("t1_t2", 2, 0), TimeGrid(10, 1e-4))
    predicted = answer.refusal or answer.problem
    assert "knows no relaxation" in predicted
    assert len(predicted.splitlines()) == 1
