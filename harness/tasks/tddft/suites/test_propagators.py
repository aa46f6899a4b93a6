"""Have our own propagators the orders, the reversibility and the peaks of formulas; do they agree with NWChem?"""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.tddft.nwchem.answer import answer_in
from harness.tasks.tddft.nwchem.cases import packaged_requests
from harness.tasks.tddft.nwchem.ladder import Answers
from harness.tasks.tddft.suites.agreement import agreement, faulty_dipole, same_sum
from harness.tasks.tddft.suites.number import number
from harness.tasks.tddft.suites.plan import PEAKS
from harness.tasks.tddft.suites.propagators import midpoint_order, order, peak_shifts_mev, reversal_error

SUITE = "propagators"
ORDER = "error of a step over that of half the step"
PEAK = "largest shift of a peak with f ≥ 0.05"
REVERSAL = "deviation of D after a pulse forwards and backwards"
AGREEMENT = "largest difference from NWChem"
UNITS = {"dipole": "e·bohr", "real": "1", "complex": "1"}
WORDS = {"dipole": "of δμ", "real": "of Re P", "complex": "of P"}
WATER = "H2O hf, fresh pulse"
pytestmark = pytest.mark.tier("nightly")


def test_orders(seed, verdict):
    row = number(ORDER, "H2+ hf, kick 0.001, 100 au", "em", midpoint_order(), reference="exp(-iht)")
    verdict.check(row, "order_em")
    row = number(ORDER, WATER, "cfm4", order("cfm4", seed), reference="cfm4 0.0125", seed=seed)
    verdict.check(row, "order_cfm4")


def test_peaks(verdict):
    for molecule in PEAKS:
        verdict.check(_peaks(molecule, "em, extrapolated"), "peaks")


def test_reversal(seed, verdict):
    for method in ("em", "cfm4"):
        row = number(REVERSAL, WATER, method, reversal_error(method, seed), reference="D(0)", seed=seed)
        verdict.check(row, f"reversal_{method}")


@pytest.fixture(scope="module")
def stored():
    """Requests of the package and the answers of NWChem."""
    entries = Answers.open().entries
    found = [(request, entries.find(request.recorded)) for request in packaged_requests()]
    return [(request, answer_in(entry)) for request, entry in found if entry is not None]


def test_agreement(stored, verdict):
    """Where both programs form the same sums; where their quadrature grids differ the numbers are recorded."""
    for request, answer in stored:
        found, judged = agreement(request, answer), same_sum(request)
        kind = "hf" if request.system.functional == "hf" else "dft"
        row = _difference(found, "dipole", "" if judged else "two quadrature grids are compared here")
        verdict.check(row, f"agreement_{kind}") if judged else verdict.info(row)
        for part in ("real", "complex"):
            if getattr(found, part) is not None:
                verdict.check(_difference(found, part), f"agreement_{part}")


def test_agreement_control(stored, verdict):
    """One per cent of exchange, other grids, Re P of another sample, the conjugate of P."""
    real = next(one for one in stored if one[0].real_every and one[0].system.name == "H2O")
    chain = next(one for one in stored if one[0].complex_at and one[0].system.name == "H2O")
    other = next(one for one in stored if not same_sum(one[0]) and one[0].system.quadrature == 3)
    hybrid = next(one for one in stored if one[0].with_points and one[0].system.functional == "pbe0")
    verdict.control(_faulty("H2O hf", *real), "agreement_hf")
    verdict.control(_faulty("LiH pbe0", *hybrid), "agreement_dft")
    verdict.control(_difference(agreement(*other), "dipole"), "agreement_dft")
    verdict.control(_difference(agreement(*real, conjugated=True), "real"), "agreement_real")
    verdict.control(_difference(agreement(*chain, conjugated=True), "complex"), "agreement_complex")


def _faulty(case: str, request, answer):
    value = faulty_dipole(request, answer)
    return number(f"{AGREEMENT} of δμ", case, "em, 0.99 of exchange", value, reference="nwchem", unit="e·bohr")


def _difference(found, part: str, note: str = ""):
    value = getattr(found, part)
    words = f"{AGREEMENT} {WORDS[part]}"
    return number(words, found.case, "em", value, reference="nwchem", unit=UNITS[part], note=note)


def test_control(seed, verdict):
    """Each method has not the order of the other; 0.1 au displace the peaks; a field must be reversed too."""
    for method, target in (("cfm4", "order_em"), ("em", "order_cfm4")):
        row = number(ORDER, WATER, method, order(method, seed), reference="cfm4 0.0125", seed=seed)
        verdict.control(row, target)
    verdict.control(_peaks("h2", "em, 0.1 au"), "peaks")
    for method in ("em", "cfm4"):
        value = reversal_error(method, seed, same_pulse=True)
        row = number(REVERSAL, WATER, f"{method}, the field not reversed", value, reference="D(0)", seed=seed)
        verdict.control(row, f"reversal_{method}")


def _peaks(molecule: str, subject: str):
    shifts = peak_shifts_mev(molecule, subject == "em, extrapolated")
    words = f"{len(shifts)} peaks: " + ", ".join(f"{shift:.2g} meV" for shift in shifts)
    value = float(np.abs(shifts).max())
    return number(PEAK, f"{molecule} hf, kick along z", subject, value, reference="Casida", unit="meV", worst=words)
