"""Experiment 7: is the stated uncertainty of the right size, and is it large where the error is?"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from harness.suites.asking import Truths, finite
from harness.suites.running import record, write_document, write_figure
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.experiments import uncertainty
from harness.tasks.spins.suites.experiments.detection import PLANS, Bench
from harness.tasks.spins.suites.faults.more import FAULTS
from harness.tasks.spins.suites.figures.uq import uq_figure

SUITE = "uncertainty"


@pytest.fixture(scope="module")
def outcome(subject, validation):
    # Clusters larger than the system are exact, and solve batches.
    truths = Truths(reference("cluster", size=12))
    plan = uncertainty.PLANS[validation.options.tier]
    found = uncertainty.run(subject, plan, truths)
    write_document(validation.folder, "exp7_uq", document(subject.name, found))
    judged = [b for b in found.bands if b.level == uncertainty.JUDGED_LEVEL or (b.kind == "sup" and b.law)]
    write_figure(validation.folder, "figure7_uq", uq_figure(found.results, judged))
    return found


def document(name, found):
    return {
        "subject": name,
        "standard_deviations": [
            {
                "regime": r.regime,
                "cases": r.cases,
                "coverage": dict(zip(map(str, r.calibration.levels), r.calibration.coverage, strict=True)),
                "curve": np.stack([r.calibration.curve_levels, r.calibration.curve], axis=1).tolist(),
                "calibration_error": r.calibration.calibration_error,
                "sharpness": r.calibration.sharpness,
                "constant_width": {
                    "coverage": dict(zip(map(str, r.constant.levels), r.constant.coverage, strict=True)),
                    "sharpness": r.constant.sharpness,
                    "calibration_error": r.constant.calibration_error,
                },
                "rank_correlation": finite(r.ranks),
                "sparsification_error": finite(r.sparsification.ause),
                "sparsification_error_random": finite(r.sparsification.ause_random),
            }
            for r in found.results
        ],
        "bands": [
            {
                "regime": b.regime, "kind": b.kind, "observable": b.observable, "level": b.level, "cases": b.cases,
                "coverage": b.coverage, "mean_width": finite(b.mean_width),
                "law": None if b.law is None else asdict(b.law),
            }
            for b in found.bands
        ],
        "not_determined": [c.measurement.note for c in found.claims if not c.measurement.determined],
    }  # fmt: skip


def test_uncertainty(outcome, verdict):
    record(verdict, outcome.claims)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("std halved", "std_gap"),
        ("std doubled", "std_gap"),
        ("std of another case", "std_ranks"),
        ("std of another case", "sparsification"),
        ("bands of another level", "shipped_coverage_90"),
    ],
)
def test_control(name, target, bench, verdict):
    """A subject that states its true uncertainty passes all of these; with the fault it must miss."""
    fault = next(fault for fault in FAULTS if fault.name == name)
    claims = uncertainty.run(bench.faulty(fault), PLANS["smoke"].uncertainty, bench.truths).claims
    judged = [claim for claim in claims if claim.target == target]
    lowest = target in ("std_ranks", "shipped_coverage_90")
    shown = sorted(judged, key=lambda claim: claim.measurement.value or 0.0)[0 if lowest else -1]
    record(verdict, [shown], control=True)


@pytest.fixture(scope="module")
def bench(validation):
    return Bench(PLANS["smoke"], validation.suites, Truths(reference("cluster", size=9)))
