"""How accurately and how fast are the parameters of a system estimated from a noisy signal?"""

from __future__ import annotations

import pytest

from harness.suites.asking import plain_row
from harness.suites.inverse.figure import inverse_figure
from harness.suites.inverse.joint import joint_row
from harness.suites.inverse.run import run
from harness.suites.inverse.single import single_row
from harness.suites.running import Files, record, write


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, suite_name):
    found = run(subject, plan)
    seconds = float(validation.suites[suite_name].target("seconds").value)
    write(validation.folder, files(found, plan, subject.name, seconds))
    return found


def files(found, plan, subject, seconds):
    """The document of all fits, and the figure where the subject was used in fits."""
    document, figure = plan.files
    content = {
        "single_parameter": [plain_row(single_row(row, plan.unit)) for row in found.single],
        "all_parameters": [plain_row(joint_row(row, plan.joint.size_key)) for row in found.joint],
        "distance_by_iteration": {name: path.tolist() for name, path in found.paths.items()},
        "memo": plain_row(found.memo) if found.memo else {},
    }
    drawn = {figure: lambda: inverse_figure(found, plan, subject, seconds)} if found.paths and found.errors else {}
    return Files(documents={document: content}, figures=drawn)


def test_subject(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, verdict):
    """Biased forward models converge equally well, but to wrong parameters: the Cramér-Rao bound shows it."""
    for control in plan.controls(plan):
        record(verdict, control.missed(), control=True)
