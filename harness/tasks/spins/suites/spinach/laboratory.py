"""The conversion of a molecule to the rotating frame of this package, tested against Spinach, whose input is the
molecule itself.

In all other tests the input of Spinach is our offsets and couplings, so that a mistake in them is on both sides and
cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.report.records import Measurement, Record
from harness.report.tables import number
from harness.subjects import Subject
from harness.suites.asking import ask_uncertainty
from harness.suites.metrics import worst_time
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach import MoleculeRequest
from harness.tasks.spins.suites.truth import Case, brief
from harness.tasks.spins.systems import SpinSystem

METRIC = "largest error of M, Spinach given the molecule"
UNFLAGGED = "relative error of M that is not flagged"
LABORATORY_COUPLINGS = "exact with couplings of the laboratory"
HARD = "hydrazine"
"""First parts of the names of molecules that are hard for a subject that replaces large couplings to another isotope by
a shift. A subject may miss the target for these molecules if it flags its answer."""


def is_hard(key: str) -> bool:
    """True for a case in which a subject may flag its answer as unreliable."""
    return key.startswith(HARD)


def given_the_molecule(case: Case) -> bool:
    """True if the input of the reference was the molecule, and its answer contains the gyromagnetic ratios it used."""
    return case.truth is not None and "gyromagnetic_ratios" in case.truth.provenance.details


def in_our_frame(case: Case, request: MoleculeRequest) -> SpinSystem:
    """:meth:`Molecule.at` with the gyromagnetic ratios of Spinach, because their values are not part of the convention
    under test."""
    assert case.truth is not None
    ratios = case.truth.provenance.details["gyromagnetic_ratios"]
    return request.molecule.at(request.options.magnet_t, dict(request.carriers_ppm), ratios)


def with_laboratory_couplings(case: Case, request: MoleculeRequest) -> SpinSystem:
    """The same without the change of sign between isotopes of opposite gyromagnetic ratio: the negative control."""
    return in_our_frame(case, request).with_(couplings_hz=request.molecule.couplings_hz)


def convention_error(case: Case, system: SpinSystem, whose: str = "exact") -> Measurement:
    """Largest |ΔM| of ``exact`` for this system against the truth of the case: a statement about this package."""
    assert case.truth is not None
    delta = reference("exact").simulate(system, case.grid, ("m",)).m - case.truth.m
    return Measurement(
        METRIC,
        case.id,
        whose,
        case.truth.provenance.method,
        float(abs(delta).max()),
        worst=worst_time(delta, case.grid.dt_s),
        subject_provenance={"kind": "reference", "name": "exact"},
        reference_provenance=brief(case.truth),
    )


def statement_of(subject: Subject, case: Case) -> str:
    """The limits that this case exceeds according to the subject; "" if there are none or the subject states none."""
    prediction, _ = ask_uncertainty(subject, [case.system], case.grid, "none")
    if prediction is None or prediction.in_domain is None:
        return ""
    return ", ".join(f"{name} {excess:+.2g}" for name, excess in prediction.in_domain[0].exceeded.items())


def unflagged(error: Measurement, statement: str) -> Measurement:
    """The error if the subject did not flag its answer; 0 if the subject flagged it."""
    if not statement or error.value is None:
        return replace(error, metric=UNFLAGGED)
    return replace(error, metric=UNFLAGGED, value=0.0, note=f"{error.value:.2g}, flagged by the subject: {statement}")


def note(records: Sequence[Record]) -> str:
    """One sentence for the page; "" if no molecule was an input of Spinach."""
    measured = [r for r in records if r.measurement.metric == METRIC and r.measurement.value is not None]
    ours = [r.measurement.value or 0.0 for r in measured if r.expected == "meet"]
    wrong = [r.measurement.value or 0.0 for r in measured if r.expected == "miss"]
    if not ours:
        return ""
    control = f" (with couplings of the wrong sign {number(min(wrong))} to {number(max(wrong))})" if wrong else ""
    return (
        f"{len(ours)} times Spinach was given the molecule itself (field, shifts, couplings) in place of our offsets: "
        f"exact differs from it by at most {number(max(ours))} of M(0){control}."
    )
