"""Experiment 6: how well and how fast do couplings and offsets come back from a noisy FID?"""

from __future__ import annotations

import pytest

from harness.report import Measurement
from harness.subjects import load_subject
from harness.suites.asking import finite, plain_row
from harness.suites.running import record, write_document, write_figure
from harness.tasks.spins.suites.experiments import inverse, inverse_measured, inverse_models
from harness.tasks.spins.suites.figures.inverse import inverse_figure

SUITE = "inverse"


@pytest.fixture(scope="module")
def outcome(subject, validation):
    plan = inverse.PLANS[validation.options.tier]
    found = inverse.run(subject, plan)
    fits, missing = inverse_measured.measured_fits()
    write_document(validation.folder, "exp6_inverse", document(found, fits, missing))
    allowed = float(validation.suites[SUITE].target("seconds").value)
    if found.paths and found.memo:
        figure = inverse_figure(
            found.paths, found.couplings, found.systems, found.errors, subject.name, seconds_target=allowed
        )
        write_figure(validation.folder, "figure6_inverse", figure)
    for name, fit in fits.items():
        from harness.tasks.spins.inverse.overlay import overlay_figure

        write_figure(validation.folder, f"figure6_measured_{name}", overlay_figure(fit))
    return found, fits, missing


def document(found, fits, missing):
    from harness.tasks.spins.cli.fit import numbers_of

    return {
        "coupling_alone": [plain_row(row) for row in found.couplings],
        "all_parameters": [plain_row(row) for row in found.systems],
        "convergence": {f"{snr:g}": path.tolist() for snr, path in found.paths.items()},
        "memo": {name: finite(value) for name, value in found.memo.items()},
        "measured": {name: numbers_of(fit) for name, fit in fits.items()} or missing or "not part of this run",
    }


def test_subject(outcome, verdict):
    record(verdict, outcome[0].claims)


def test_measured(outcome, validation, verdict):
    """The measured FIDs last seconds: only the exact forward model goes there, whoever the subject is."""
    _, fits, missing = outcome
    if missing:
        one = Measurement("³J of measured FIDs", "measured", "exact", "measured", None, determined=False, note=missing)
        verdict.info(one)
    tolerance_hz = float(validation.suites[SUITE].target("gaba_j").value)
    record(verdict, inverse_measured.measured_claims(fits, load_subject("exact"), tolerance_hz))


class ScaledCouplings:
    """The exact method told that every coupling is a fifth larger than it is."""

    name = "exact, J × 1.2"
    provenance = {"fault": "couplings times 1.2"}  # noqa: RUF012

    def answers(self, systems, grid):
        scaled = [system.with_(couplings_hz=1.2 * system.couplings_hz) for system in systems]
        return load_subject("exact").answers(scaled, grid)


@pytest.mark.parametrize("control", ["weak-coupling", "exact, J × 1.2"])
def test_control(control, verdict):
    """Biased forward models converge as well, to the wrong J: the bound tells."""
    subject = ScaledCouplings() if control != "weak-coupling" else load_subject(control)
    plan = inverse.PLANS["smoke"]
    rows, _ = inverse.coupling_rows(inverse_models.forward_model(subject), plan, 3)
    claims = inverse.coupling_claims(subject, rows, plan)
    record(verdict, [claim for claim in claims if claim.target == "pooled_ratio"], control=True)
