"""Is the stated uncertainty calibrated, and is it large where the error is large?"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from harness.suites.asking import finite
from harness.suites.running import Files, record, write
from harness.suites.uncertainty.figure import uq_figure
from harness.suites.uncertainty.run import run


@pytest.fixture(scope="module")
def truths(plan):
    return plan.truths()


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, truths):
    judged = subject if plan.subject is None else plan.subject()
    found = run(judged, plan, truths)
    write(validation.folder, files(found, plan, judged.name))
    return found


def files(found, plan, subject):
    """The document of all numbers, and the figure with the bands of the judged level."""
    judged = [b for b in found.bands if b.level == plan.judged_level or (b.kind == "sup" and b.law)]
    document, figure = plan.files
    return Files(
        documents={document: content(subject, found)},
        figures={figure: lambda: uq_figure(found.results, judged, plan.observables)},
    )


def content(name, found):
    return {
        "subject": name,
        "standard_deviations": [of_result(one) for one in found.results],
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


def of_result(one):
    return {
        "regime": one.regime,
        "cases": one.cases,
        "coverage": by_level(one.calibration),
        "curve": np.stack([one.calibration.curve_levels, one.calibration.curve], axis=1).tolist(),
        "calibration_error": one.calibration.calibration_error,
        "sharpness": one.calibration.sharpness,
        "constant_width": {
            "coverage": by_level(one.constant),
            "sharpness": one.constant.sharpness,
            "calibration_error": one.constant.calibration_error,
        },
        "rank_correlation": finite(one.ranks),
        "sparsification_error": finite(one.sparsification.ause),
        "sparsification_error_random": finite(one.sparsification.ause_random),
    }


def by_level(calibration):
    return dict(zip(map(str, calibration.levels), calibration.coverage, strict=True))


def test_uncertainty(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, truths, verdict):
    """A subject that states its true uncertainty passes all targets; with a fault in its statement it must miss."""
    for control in plan.controls(plan, truths):
        record(verdict, control.missed(), control=True)
