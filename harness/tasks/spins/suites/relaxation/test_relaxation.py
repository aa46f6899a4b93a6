"""Experiment 10: does the relaxation of the subject agree with Spinach, and does it reach the stated equilibrium?

The references of the package are judged in every run; the subject is judged if it declares answers for systems that
relax.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.subjects import load_subject
from harness.suites.running import Files, record, write
from harness.tasks.spins.references import reference
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.spinach.relaxation_cases import ROLE_WHOLE, WHOLE_LEVELS, whole_molecule
from harness.tasks.spins.suites.relaxation.cases import found, planned_cases, small
from harness.tasks.spins.suites.relaxation.faults import faults, slipped_claim
from harness.tasks.spins.suites.relaxation.figure import strychnine_figure
from harness.tasks.spins.suites.relaxation.measure import law_claims, subject_claims, tau_claim
from harness.tasks.spins.suites.relaxation.package import Whole, reference_error
from harness.tasks.spins.suites.relaxation.plan import PLANS, SUITE, WHOLE_METHOD


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


def test_references_against_spinach(plan, verdict):
    """This package is judged. With a correlation time that is 1 % longer, or rates that are 1 % higher, it must miss
    the target."""
    items = small(plan)
    verdict.check(reference_error(items), "reference_small")
    wrong = reference_error(items, _one_percent, "liouville-dense with 1 % of error in each rate")
    verdict.control(wrong, "reference_small")


def test_strychnine_in_the_basis_of_spinach(validation, verdict):
    cases = {f"strychnine redfield space level {level}" for level in WHOLE_LEVELS}
    entries = found([item for item in planned_cases(ROLE_WHOLE) if item.case in cases])
    for whole in map(Whole.of, entries):
        for measurement in whole.errors():
            verdict.check(measurement, "reference_whole")
    grid = whole.entry.grid
    complete = reference(WHOLE_METHOD, estimate=False).simulate(whole_molecule(), grid, ("m",)).m

    def figure():
        return strychnine_figure(whole.entry.trajectory().m, whole.ours, complete, whole_molecule(), grid)

    write(validation.folder, Files(figures={"figure10_strychnine": figure}))


def test_subject(subject, plan, verdict):
    """Small systems, six protons of strychnine, correlation times, laws."""
    if RELAXATION not in subject.offers:
        return
    record(verdict, subject_claims(subject, plan))
    record(verdict, [tau_claim(subject, plan)])
    record(verdict, law_claims(subject, plan))


def test_controls(validation, plan, verdict):
    """A basis that neglects relaxation terms must miss the target of the molecule; a wrong correlation time must miss
    the target of the small systems."""
    lossy = load_subject("liouville-dense")
    record(verdict, [tau_claim(lossy, plan, stretch=1.01)], control=True)


def test_faults_are_seen(validation, verdict):
    limit = float(validation.suites[SUITE].target("small").value)
    seen = slipped_claim(faults(), limit)
    verdict.check(seen.measurement, "slipped")


def test_control_of_faults(verdict):
    """With a limit that every answer meets, faults are not detected, and the verdict must show this."""
    blind = slipped_claim(faults(), float("inf"))
    verdict.control(blind.measurement, "slipped")


def _one_percent(system):
    names = ("damp_rate_per_s", "r1_per_s", "r2_per_s", "tau_c_s")
    rates = {name: 1.01 * value for name in names if (value := getattr(system.relaxation, name)) is not None}
    return system.with_(relaxation=replace(system.relaxation, **rates))
