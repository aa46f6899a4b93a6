"""Strychnine against Spinach in the suite: what is judged, its controls, and wrong correlation times."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.benchmarks.relaxing_library import Plan
from harness.tasks.spins.suites.relaxation.library import Answered, answered, uncovered
from harness.tasks.spins.suites.relaxation.whole import Whole, convergence, in_basis, wholes
from harness.tasks.spins.suites.relaxation.whole_faults import Judged, missed, refused, with_tau
from harness.tasks.spins.systems import TimeGrid

LIMITS = {"small": 1e-6, "whole_spectrum": 1e-2}


@pytest.fixture(scope="module")
def bases() -> list[Whole]:
    return wholes()


def values(claims) -> dict[str, float]:
    return {claim.target: claim.measurement.value for claim in claims}


def test_spectrum_widths_and_integrals_agree_and_a_wrong_correlation_time_does_not(bases: list[Whole]) -> None:
    largest = bases[-1]
    found = values(largest.spectral_claims())
    assert found["whole_spectrum"] < 1e-4
    assert found["line_widths"] < 1e-3
    assert found["integrals"] < 1e-4
    entry = largest.entry
    slow = values(
        largest.spectral_claims(in_basis(with_tau(entry.system_used, 1.1), entry.grid, entry.request.options))
    )
    assert slow["whole_spectrum"] > 1e-2
    assert slow["line_widths"] > 0.05
    assert slow["integrals"] < 1e-2
    assert values(largest.spectral_claims(largest.weakened(3, 0.9)))["integrals"] > 1e-2


def test_a_line_that_is_gone_is_wrong(bases: list[Whole]) -> None:
    flat = np.full_like(bases[0].ours, 1e-3)
    assert values(bases[0].spectral_claims(flat))["line_widths"] == 1.0


def test_the_bases_of_spinach_are_apart_and_the_largest_is_nearest_to_complete_rates(bases: list[Whole]) -> None:
    from harness.tasks.spins.references import reference

    entry = bases[-1].entry
    complete = reference("liouville-neighbourhoods", estimate=False).simulate(entry.system_used, entry.grid, ("m",)).m
    rows = convergence(bases, complete)
    assert rows[0].value > 0.003
    far = [row.value for row in rows if row.metric == "relative L2 difference of M from complete rates"]
    assert far == sorted(far, reverse=True)
    assert far[-1] > 0.1


def test_answers_about_whole_molecules_are_counted() -> None:
    rows = [Judged("glycine", "correct", "small", 1e-9), Judged("glycine", "long", "small", 1e-3)]
    assert missed(rows, LIMITS).value == 0
    assert refused(rows, LIMITS).value == 0
    blind = missed(rows, {"small": 1.0, "whole_spectrum": 1.0})
    assert (blind.value, blind.worst) == (1, "glycine, long")
    assert refused(rows, {"small": 0.0, "whole_spectrum": 0.0}).value == 1


def test_stated_errors_of_the_library_are_compared_with_measured_ones() -> None:
    plan = Plan(grid=TimeGrid(200, 5e-3))
    rows = answered(270, plan)
    assert len(rows) == 4
    assert uncovered(rows).value == 0
    assert uncovered(answered(270, plan, 1.01)).value >= 1
    assert uncovered([Answered("none", float("nan"), None)]).value == 1
