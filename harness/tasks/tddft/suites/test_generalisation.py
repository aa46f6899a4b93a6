"""Where does the subject still beat linear response? One thing is changed at a time."""

from __future__ import annotations

from functools import partial

import pytest

from harness.suites.asking import measured
from harness.suites.errors import mean_of
from harness.suites.running import Files, write
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.plans import named
from harness.tasks.tddft.suites.figures import generalisation_figure
from harness.tasks.tddft.suites.generalisation import DIPOLE, POPULATIONS, Row, inside, measured_row, need, truths
from harness.tasks.tddft.suites.number import number

SUITE = "generalisation"
RATIO = "largest error over that of linear response"
pytestmark = pytest.mark.tier("nightly")


def test_populations(subject, tier_plan, seed, validation, verdict):
    believed = truths()
    rows = [measured_row(subject, one, tier_plan.generalisation, seed, believed) for one in POPULATIONS]
    met = inside(subject)
    for row in rows:
        made_for = need(row.population) in met
        judge = partial(verdict.check, target="over_linear_response") if made_for else verdict.info
        judge(_ratio(subject, row, seed, "" if made_for else "outside what the subject states that it is made for"))
        verdict.info(_mean(row, subject.name, row.errors, subject))
        for label, errors in row.baselines.items():
            verdict.info(_mean(row, label, errors))
    figure = partial(generalisation_figure, rows, subject.name)
    write(validation.folder, Files(tables={"generalisation": _table(rows)}, figures={"generalisation": figure}))


def test_control(seed, verdict):
    """The frozen Fock matrix is worse than linear response everywhere."""
    frozen = named("frozen", TddftSurrogate(load_subject("frozen")))
    row = measured_row(frozen, POPULATIONS[0], 1, seed, truths())
    verdict.control(_ratio(frozen, row, seed), "over_linear_response")


def _ratio(subject, row: Row, seed: int, note: str = ""):
    value, worst = row.ratio
    return measured(
        RATIO, row.population.name, subject, value, reference="cfm4", worst=worst, note=note, seed=seed,
        problem=row.problem, absent=row.refusal, cases=len(row.errors),
    )  # fmt: skip


def _mean(row: Row, label: str, errors, subject=None):
    """The mean error of the subject, or of a baseline where ``subject`` is None."""
    metric, case, value = f"mean {DIPOLE.label}", row.population.name, mean_of(errors, DIPOLE.key)
    if subject is None:
        return number(metric, case, label, value, reference="cfm4", cases=len(errors))
    return measured(
        metric, case, subject, value, reference="cfm4", problem=row.problem, absent=row.refusal, cases=len(errors)
    )


def _table(rows: list[Row]) -> list[dict[str, object]]:
    return [
        {"population": row.population.name, "case": mine.case, "subject": mine["dipole"],
         **{label: errors[k]["dipole"] for label, errors in row.baselines.items()}}
        for row in rows for k, mine in enumerate(row.errors)
    ]  # fmt: skip
