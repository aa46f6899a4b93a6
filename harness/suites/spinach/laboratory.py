"""The way from a molecule to our frame, measured against Spinach, which was given the molecule itself.

Everywhere else Spinach is given our offsets and couplings, so that a mistake in them is made on both sides and cancels.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.bridge import MoleculeRequest
from harness.references import reference
from harness.report.records import Measurement, Record
from harness.report.tables import number
from harness.spins import SpinSystem
from harness.suites.metrics import worst_time
from harness.suites.spinach.measure import brief
from harness.suites.truth import Case

METRIC = "largest error of M, Spinach given the molecule"
LABORATORY_COUPLINGS = "exact with couplings of the laboratory"


def given_the_molecule(case: Case) -> bool:
    """True if whoever is believed was given the molecule, and tells the gyromagnetic ratios that it took."""
    return case.truth is not None and "gyromagnetic_ratios" in case.truth.provenance.details


def in_our_frame(case: Case, request: MoleculeRequest) -> SpinSystem:
    """:meth:`Molecule.at` with the gyromagnetic ratios of Spinach: a constant of nature is no convention."""
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


def note(records: Sequence[Record]) -> str:
    """One sentence for the page, "" where Spinach was given no molecule."""
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
