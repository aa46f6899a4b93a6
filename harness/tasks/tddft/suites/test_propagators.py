"""Have our own propagators the orders, the reversibility and the spectral peaks that formulas state?"""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.tddft.suites.number import number
from harness.tasks.tddft.suites.plan import PEAKS
from harness.tasks.tddft.suites.propagators import midpoint_order, order, peak_shifts_mev, reversal_error

SUITE = "propagators"
ORDER = "error of a step over that of half the step"
PEAK = "largest shift of a peak with f ≥ 0.05"
REVERSAL = "deviation of D after a pulse forwards and backwards"
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


def test_control(seed, verdict):
    """Each method has not the order of the other; 0.1 au displace the peaks; one corrector is not reversible."""
    for method, target in (("cfm4", "order_em"), ("em", "order_cfm4")):
        row = number(ORDER, WATER, method, order(method, seed), reference="cfm4 0.0125", seed=seed)
        verdict.control(row, target)
    verdict.control(_peaks("h2", "em, 0.1 au"), "peaks")
    value = reversal_error("em-one-corrector", seed)
    for method in ("em", "cfm4"):
        row = number(REVERSAL, WATER, "em with one corrector", value, reference="D(0)", seed=seed)
        verdict.control(row, f"reversal_{method}")


def _peaks(molecule: str, subject: str):
    shifts = peak_shifts_mev(molecule, subject == "em, extrapolated")
    words = f"{len(shifts)} peaks: " + ", ".join(f"{shift:.2g} meV" for shift in shifts)
    value = float(np.abs(shifts).max())
    return number(PEAK, f"{molecule} hf, kick along z", subject, value, reference="Casida", unit="meV", worst=words)
