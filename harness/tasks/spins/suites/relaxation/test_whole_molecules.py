"""Experiment 10, whole molecules: strychnine in the bases of Spinach, wrong correlation times, a sample of the library,
and what a network adds.

The package is judged, whatever the subject of the run.
"""

from __future__ import annotations

import pytest

from harness.suites.running import Files, record, write
from harness.tasks.spins.benchmarks.relaxing_library import Plan as LibraryPlan
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.relaxation_cases import whole_molecule
from harness.tasks.spins.suites.relaxation.library import answered, largest_stated, uncovered
from harness.tasks.spins.suites.relaxation.network import measurements, room
from harness.tasks.spins.suites.relaxation.plan import PLANS, SUITE, WHOLE_METHOD
from harness.tasks.spins.suites.relaxation.strychnine_figure import strychnine_figure
from harness.tasks.spins.suites.relaxation.whole import convergence, in_basis, wholes
from harness.tasks.spins.suites.relaxation.whole_faults import judged, missed, refused, with_tau

LIMITS = ("small", "whole_spectrum")
"""Targets by which answers about whole molecules are believed."""


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


@pytest.fixture(scope="module")
def bases():
    """Strychnine by Spinach in every basis, the largest last, each with the answer of this package in that basis."""
    return wholes()


@pytest.fixture(scope="module")
def complete(bases):
    """M of strychnine with complete rates."""
    return reference(WHOLE_METHOD, estimate=False).simulate(whole_molecule(), bases[-1].entry.grid, ("m",)).m


def test_strychnine_in_the_basis_of_spinach(bases, verdict):
    for whole in bases:
        for measurement in whole.errors():
            verdict.check(measurement, "reference_whole")


def test_spectrum_of_strychnine(validation, bases, complete, verdict):
    """Spectrum, line widths and integrals against Spinach's largest basis, in that basis."""
    record(verdict, bases[-1].spectral_claims())

    def figure():
        return strychnine_figure(bases[-1], complete)

    write(validation.folder, Files(figures={"figure10_strychnine": figure}))


def test_controls_of_the_spectrum_of_strychnine(bases, verdict):
    """A correlation time that is 10 % long must miss the targets of spectrum and widths; a proton of which a tenth is
    missing must miss that of the integrals."""
    largest = bases[-1]
    entry = largest.entry
    slow = in_basis(with_tau(entry.system_used, 1.1), entry.grid, entry.request.options)
    claims = largest.spectral_claims(slow, "correlation time 10 % long")
    record(verdict, [claim for claim in claims if claim.target != "integrals"], control=True)
    weak = largest.spectral_claims(largest.weakened(0, 0.9), "a tenth of one proton missing")
    record(verdict, [claim for claim in weak if claim.target == "integrals"], control=True)


def test_spinach_is_not_converged_for_strychnine(bases, complete, verdict):
    for measurement in convergence(bases, complete):
        verdict.info(measurement)


def test_wrong_correlation_times_are_seen_on_whole_molecules(validation, bases, verdict):
    """With limits that every answer meets, wrong ones pass; with limits that none meets, correct ones do not."""
    suite = validation.suites[SUITE]
    rows, limits = judged(bases[-1]), {name: float(suite.target(name).value) for name in LIMITS}
    verdict.check(missed(rows, limits), "whole_missed")
    verdict.check(refused(rows, limits), "whole_refused")
    verdict.control(missed(rows, dict.fromkeys(LIMITS, float("inf"))), "whole_missed")
    verdict.control(refused(rows, dict.fromkeys(LIMITS, 0.0)), "whole_refused")


def test_library_with_rates(plan, verdict):
    """A sample of the library over one second. With R2 that is 1 % high the stated errors must not cover the errors."""
    rows = answered(plan.every, LibraryPlan())
    verdict.check(uncovered(rows), "library_uncovered")
    verdict.info(largest_stated(rows))
    verdict.control(uncovered(answered(plan.every, LibraryPlan(), 1.01)), "library_uncovered")


def test_what_a_network_adds(plan, verdict):
    """Without the network, with it, and with an exact signal in its place. Up to 8 spins nothing is left to a network;
    neighbourhoods of 4 must miss that target."""
    for measurement in measurements(plan.network_sizes):
        verdict.info(measurement)
    verdict.check(room("as it is"), "no_room")
    verdict.control(room("neighbourhoods of 4"), "no_room")
