"""Couplings from measured FIDs. These last seconds, so that only the exact forward model can be used."""

from __future__ import annotations

import pytest

from harness.report import Measurement
from harness.subjects import load_subject
from harness.suites.running import Files, record, write
from harness.tasks.spins.suites.inverse import measured as inverse_measured

SUITE = "inverse"


@pytest.fixture(scope="module")
def measured(validation):
    """The fits by molecule, or the reason why there are none."""
    fits, missing = inverse_measured.measured_fits()
    write(validation.folder, files(fits, missing))
    return fits, missing


def files(fits, missing):
    """The document of the fits, and a figure of each fit."""
    from harness.tasks.spins.inverse.numbers import numbers_of
    from harness.tasks.spins.inverse.overlay import overlay_figure

    content = {"measured": {name: numbers_of(fit) for name, fit in fits.items()} or missing or "not part of this run"}
    figures = {f"figure6_measured_{name}": lambda fit=fit: overlay_figure(fit) for name, fit in fits.items()}
    return Files(documents={"exp6_measured": content}, figures=figures)


def test_measured(measured, validation, verdict):
    """The fits of the exact model, for every subject."""
    fits, missing = measured
    if missing:
        one = Measurement("³J of measured FIDs", "measured", "exact", "measured", None, determined=False, note=missing)
        verdict.info(one)
    tolerance_hz = float(validation.suites[SUITE].target("gaba_j").value)
    record(verdict, inverse_measured.measured_claims(fits, load_subject("exact"), tolerance_hz))
