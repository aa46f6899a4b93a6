"""Experiment 8: which seeded faults do the suites catch, and do they leave alone what is right?"""

from __future__ import annotations

import pytest

from harness.suites.running import write_document, write_figure, write_table
from harness.tasks.spins.suites.experiments import detection
from harness.tasks.spins.suites.faults.more import ALL
from harness.tasks.spins.suites.figures.faults import fault_figure

SUITE = "detection"
SMOKE_STRIDE = 6


@pytest.fixture(scope="module")
def rows(subject, validation):
    """Nightly and full: the whole catalogue and every correct subject. Smoke: every sixth fault, the null faults."""
    tier = validation.options.tier
    bench = detection.Bench(detection.PLANS["smoke" if tier == "smoke" else "nightly"], validation.suites)
    chosen = [f for k, f in enumerate(ALL) if tier != "smoke" or k % SMOKE_STRIDE == 0]
    found = [detection.fault_row(bench, fault) for fault in chosen]
    if tier != "smoke":
        found += detection.replaced(bench)
        own = [subject] if subject.kind == "surrogate" else []
        found += [detection.subject_row(bench, *one) for one in detection.correct_subjects(bench, own).items()]
    write_table(validation.folder, "fault_matrix", [detection.table_row(row) for row in found])
    write_document(validation.folder, "fault_matrix", {row.name: dict(row.reasons) for row in found})
    names = [row.name for row in found]
    cells = {(row.name, suite): cell for row in found for suite, cell in row.cells.items()}
    wrong = [row.name for row in found if row.wrong]
    write_figure(validation.folder, "figure8_faults", fault_figure(names, detection.SUITES, cells, wrong))
    return found


def test_matrix(rows, verdict):
    for measurement, target in detection.measurements(rows):
        verdict.check(measurement, target)


def test_control(validation, verdict):
    """With the topology suite alone too many faults slip through: the matrix would say so."""
    bench = detection.Bench(detection.PLANS["smoke"], validation.suites)
    few = [detection.fault_row(bench, fault, ("topology",)) for fault in ALL[::SMOKE_STRIDE]]
    (slipped, target), _ = detection.measurements(few)
    verdict.control(slipped, target)
