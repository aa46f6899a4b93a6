"""Experiment 10: does the relaxation of the subject agree with Spinach, and does it reach the stated equilibrium?

The references of the package are judged in every run; the subject is judged if it declares answers for systems that
relax.
"""

from __future__ import annotations

import pytest

from harness.subjects import NamedSubject, load_subject
from harness.suites.running import Files, record, write
from harness.tasks.spins.references import reference
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.suites.relaxation import cost, figure, generators, wrong
from harness.tasks.spins.suites.relaxation.cases import found, molecules, small
from harness.tasks.spins.suites.relaxation.faults import rejected_claim, seen, slipped_claim
from harness.tasks.spins.suites.relaxation.laws import law_claims
from harness.tasks.spins.suites.relaxation.measure import molecule_claims, over_tau, small_claim, tau_claim
from harness.tasks.spins.suites.relaxation.noe import noe_claim
from harness.tasks.spins.suites.relaxation.package import apart, small_claims
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, LAWS, METHODS, PLANS, SPARSE, SUITE, WHOLE_METHOD

LARGEST = 5
"""Spins of the largest made systems."""
THINNED = 3
"""Of the made systems every third is enough for |M| ≤ 1; it includes each model, size and rlx_keep."""
ONE_PERCENT = wrong.Wrong("rates 1 % too high", data=wrong.rates_times(1.01))
CONTROLS = {
    "gain": wrong.Wrong("relaxation of the wrong sign", matrix=wrong.matrix_times(-1.0)),
    "equilibrium": wrong.Wrong("equilibrium forgotten", data=wrong.forgotten_equilibrium),
    "one_spin": wrong.Wrong("R2 below R1/2", matrix=wrong.transverse_rates_times(0.3)),
}
TURNED = wrong.Wrong("sign of the cross relaxation turned", matrix=wrong.cross_relaxation_times(-1.0))


@pytest.fixture(scope="module")
def plan(validation):
    return PLANS[validation.options.tier]


@pytest.fixture(scope="module")
def entries(plan):
    """Spinach's answers about made systems up to the largest size of the tier."""
    return found(small(plan.largest))


@pytest.fixture(scope="module")
def relaxing_subject(subject):
    """The subject where it declares answers for systems that relax, else None."""
    return subject if RELAXATION in subject.offers else None


@pytest.fixture(scope="module")
def shown(relaxing_subject):
    """Whose answers the figures show: the subject, or a method of the package where the subject takes no relaxation."""
    return relaxing_subject or load_subject(WHOLE_METHOD)


@pytest.fixture(scope="module")
def spread(validation, shown, plan):
    """Errors over correlation times and the build-up of the NOE, with their figure."""
    errors = over_tau(shown, plan.correlation_times)
    draw = {"figure10_generalisation": lambda: figure.generalisation_figure(shown, errors)}
    write(validation.folder, Files(figures=draw))
    return errors


def test_references_against_spinach(plan, verdict):
    """This package is judged. With a correlation time that is 1 % longer, or rates that are 1 % higher, it misses.

    The dense reference is compared with all made systems, the others with those of the tier.
    """
    for name in METHODS:
        method = reference(name)
        rows = [apart(method, item) for item in small(LARGEST if name == BELIEVED else plan.largest)]
        record(verdict, small_claims(method, rows, name))
    rows = [apart(ONE_PERCENT, item) for item in small(2)]
    record(verdict, small_claims(ONE_PERCENT, rows, ONE_PERCENT.name), control=True)


def test_references_build_up_the_noe(verdict):
    record(verdict, [noe_claim(load_subject(name), "reference_noe") for name in METHODS])
    record(verdict, [noe_claim(TURNED.subject, "reference_noe")], control=True)


def test_references_obey_the_laws(entries, verdict):
    for name in METHODS:
        record(verdict, law_claims(load_subject(name), entries[::THINNED], "reference_"))
    record(verdict, missed(LAWS, entries[::THINNED], "reference_"), control=True)


def test_states_stay_states(verdict):
    """Trace and positivity of the dense reference. A unit state that decays, and "kite", must miss."""
    record(verdict, generators.generator_claims())
    decaying = [generators.conserved(case, system, 1e-3) for case, system in generators.judged_systems()]
    kite = [generators.conserved("redfield, 3 spins, kite", generators.kite_system())]
    record(verdict, [generators.trace_claim(decaying), generators.positive_claim(kite)], control=True)


def test_references_over_correlation_times(plan, verdict):
    for name in SPARSE:
        subject = load_subject(name)
        record(verdict, [tau_claim(subject, over_tau(subject, plan.correlation_times), "reference_tau_c")])
    late = over_tau(ONE_PERCENT.subject, plan.correlation_times)
    record(verdict, [tau_claim(ONE_PERCENT.subject, late, "reference_tau_c")], control=True)


def test_front(validation, shown, plan, verdict):
    """Error against time of every method. The rates of a truncated basis must miss the target."""
    answers = cost.entries()
    rows = cost.points(shown, answers, cost.cases_of(plan.molecules))
    record(verdict, [cost.error_claim(rows, list(cost.methods()))])
    record(verdict, cost.subject_claims(shown, rows))
    lossy = cost.lossy_rows(answers)
    record(verdict, [cost.error_claim(lossy, [cost.LOSSY])], control=True)
    draw = {"figure10_front": lambda: figure.front_figure([*rows, *lossy], shown.name)}
    write(validation.folder, Files(tables={"exp10_front": rows}, figures=draw))


def test_subject(relaxing_subject, entries, plan, spread, verdict):
    """Small systems, molecules, correlation times, the NOE, laws."""
    if relaxing_subject is None:
        return
    fragment = cost.entries()[cost.CASES[1]]
    record(verdict, [small_claim(relaxing_subject, entries)])
    record(verdict, molecule_claims(relaxing_subject, molecules(plan.molecules), fragment))
    record(verdict, [tau_claim(relaxing_subject, spread), noe_claim(relaxing_subject)])
    record(verdict, law_claims(relaxing_subject, entries[::THINNED]))


def test_controls(entries, plan, verdict):
    """A basis that neglects relaxation terms misses the target of molecules; wrong rates, signs and ends the others."""
    fragment = cost.entries()[cost.CASES[1]]
    lossy = NamedSubject(cost.LOSSY, "reference", cost.lossy_method(), {}, "spins")
    late = over_tau(ONE_PERCENT.subject, plan.correlation_times)
    claims = [
        small_claim(ONE_PERCENT.subject, entries),
        molecule_claims(lossy, [], fragment)[-1],
        tau_claim(ONE_PERCENT.subject, late),
        noe_claim(TURNED.subject),
        *missed(LAWS, entries[::THINNED]),
    ]
    record(verdict, claims, control=True)


def test_faults_are_seen(validation, verdict):
    """With a limit that every answer meets no fault is seen; with a limit of 0 nothing is right."""
    limit = float(validation.suites[SUITE].target("small").value)
    faults, harmless = seen()
    record(verdict, [slipped_claim(faults, limit), rejected_claim(harmless, limit)])
    record(verdict, [slipped_claim(faults, float("inf")), rejected_claim(harmless, 0.0)], control=True)
    draw = {"figure10_faults": lambda: figure.faults_figure(faults, harmless, limit)}
    write(validation.folder, Files(tables={"exp10_faults": [*faults, *harmless]}, figures=draw))


def missed(laws, entries, prefix=""):
    """One claim of a wrong method for each law."""
    for law in laws:
        target = f"{prefix}{law}"
        yield next(claim for claim in law_claims(CONTROLS[law].subject, entries, prefix) if claim.target == target)
