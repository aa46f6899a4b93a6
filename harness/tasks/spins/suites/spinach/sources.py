"""The effect of the choice of published parameters on M, to compare the error of a subject with."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.records import Measurement
from harness.suites.metrics import relative_error, worst_time
from harness.tasks.spins.suites.truth import Case, Truth, brief


def pairs_of_sources(truth: Truth) -> Iterator[tuple[Case, Case]]:
    """The molecules, fields and carriers that were computed with the parameters of both sources."""
    cases: dict[tuple[str, float | None], list[Case]] = {}
    for key in truth.ids("molecule"):
        if truth.available(key):
            case = truth.case(key)
            if case.truth is not None:
                cases.setdefault((case.molecule, case.field_t), []).append(case)
    for pair in cases.values():
        if len(pair) == 2:
            yield pair[0], pair[1]


def source_difference(one: Case, other: Case, subject: str) -> Measurement:
    """Relative difference between the truths of two parameter sources for one molecule, field and carrier."""
    assert one.truth is not None
    assert other.truth is not None
    delta = one.truth.m - other.truth.m
    return Measurement(
        "difference of M between sources",
        f"{one.molecule} {one.field_t:g} T, {one.source} and {other.source}",
        subject,
        one.truth.provenance.method,
        relative_error(delta, other.truth.m),
        worst=worst_time(delta, one.grid.dt_s),
        note="what the choice of published parameters does, to be compared with the subject's error",
        reference_provenance=brief(one.truth),
    )
