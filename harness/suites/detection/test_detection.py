"""Which of the seeded faults do the suites detect, and do correct subjects pass?"""

from __future__ import annotations

import pytest

from harness.suites.detection.bench import Bench, fault_row, rows_of
from harness.suites.detection.figure import fault_figure
from harness.suites.detection.matrix import measurements, table_row
from harness.suites.running import Files, write


@pytest.fixture(scope="module")
def rows(plan, subject, validation):
    found = rows_of(Bench(plan, validation.suites), subject)
    write(validation.folder, files(found, plan))
    return found


def files(rows, plan):
    """The matrix as table, document and figure."""
    matrix, figure = plan.files
    cells = {(row.name, suite): cell for row in rows for suite, cell in row.cells.items()}
    wrong = [row.name for row in rows if row.wrong]
    return Files(
        {matrix: [table_row(row) for row in rows]},
        {matrix: {row.name: dict(row.reasons) for row in rows}},
        {figure: lambda: fault_figure([row.name for row in rows], tuple(plan.suites), cells, wrong)},
    )


def test_matrix(rows, verdict):
    for measurement, target in measurements(rows):
        verdict.check(measurement, target)


def test_control(plan, validation, verdict):
    """Suites that do not detect most faults, used alone, let too many pass: the matrix must show it."""
    bench = Bench(plan.control or plan, validation.suites)
    few = [fault_row(bench, fault, plan.blind) for fault in bench.plan.faults]
    (slipped, target), _ = measurements(few)
    verdict.control(slipped, target)
