"""Do the methods, and the outputs of the subject where they determine it, conserve what physics conserves?"""

from __future__ import annotations

import pytest

from harness.suites.asking import finite
from harness.suites.conservation.figure import laws_figure, states_figure
from harness.suites.conservation.methods import method_claims
from harness.suites.conservation.run import run
from harness.suites.running import Files, record, write


@pytest.fixture(scope="module")
def truths(plan):
    return plan.truths()


@pytest.fixture(scope="module")
def states(plan):
    """Rows of the methods' states, and why some methods have none."""
    return plan.states.rows() if plan.states else ([], {})


@pytest.fixture(scope="module")
def outcome(plan, subject, validation, states, truths, suite_name):
    found = run(subject, plan, truths)
    write(validation.folder, files(found, plan, subject.name, states, validation.suites[suite_name]))
    return found


def files(found, plan, subject, states, suite):
    """The document of all numbers, and the figures of the states and of the laws."""
    document, states_name, laws_name = plan.files
    rows, absent = states
    content = {
        "subject": subject,
        "invariants": {
            horizon: {
                name: {
                    "largest_violation": finite(row.value), "case": row.case, "where": row.where,
                    **({} if row.value is not None else {"value": "not determined by this subject"}),
                }
                for name, row in worst.items()
            }
            for horizon, worst in found.worst().items()
        },
    }  # fmt: skip
    figures = {}
    if plan.states:
        key = plan.states.name.replace(" ", "_")
        content[key] = [
            {"method": r.method, "control": r.control, "case": r.case, "points": r.grid.points}
            | {quantity: finite(r.worst(quantity)) for quantity in r.deviations}
            for r in rows
        ]
        content[f"without_{key}"] = absent
        limits = {words: float(suite.target(name).value) for words, name in plan.states.limits.items()}
        figures[states_name] = lambda: states_figure(rows, plan.states, limits)
    if found.violations:
        worst = {f"{subject}, {horizon}": rows for horizon, rows in found.worst().items()}
        targets = {law: float(suite.target(name).value) for law, name in plan.targets().items()}
        figures[laws_name] = lambda: laws_figure(worst, targets, plan.symbols)
    return Files(documents={document: content}, figures=figures)


def test_states(states, verdict):
    """Methods whose states are available must conserve; integrators that do not conserve are controls and must fail."""
    for claim, control in method_claims(*states):
        record(verdict, [claim], control=control)


def test_laws(outcome, verdict):
    record(verdict, outcome.claims)


def test_controls(plan, truths, verdict):
    """Subjects that are known to violate the symmetries and the sum rules."""
    for control in plan.controls(plan, truths):
        record(verdict, control.missed(), control=True)
