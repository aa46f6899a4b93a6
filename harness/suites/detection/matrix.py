"""The fault matrix as measurements and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.report import Measurement
from harness.suites.detection.bench import Row

GROUPS = (
    ("seeded faults that slip through", ("fault",), "slipped"),
    ("null faults and correct subjects rejected", ("null", "correct"), "rejected"),
)
"""Metric, kinds of rows, target."""


def measurements(rows: Sequence[Row]) -> list[tuple[Measurement, str]]:
    """Numbers of faults that are not detected, and of null faults and correct subjects rejected, with their targets."""
    found = []
    for metric, kinds, target in GROUPS:
        members = [row for row in rows if row.kind in kinds]
        wrong = [_named(row) for row in members if row.wrong]
        measurement = Measurement(
            metric, "fault matrix", "all suites", "seeded faults", float(len(wrong)), worst=", ".join(wrong),
            note=f"{len(members) - len(wrong)} of {len(members)} as they should be",
            subject_provenance={"kind": "harness"},
        )  # fmt: skip
        found.append((measurement, target))
    return found


def _named(row: Row) -> str:
    """Name of a row that is not as it should be; for a fault that is not detected, the smallest size that is."""
    if row.smallest_caught is not None:
        return f"{row.name} (size {row.size:g} {row.unit}; caught from {row.smallest_caught:.2g} {row.unit})"
    return f"{row.name} ({row.note})" if row.note else row.name


def table_row(row: Row) -> dict[str, Any]:
    """A row as plain values: one column per suite, then the first objection."""
    first = next((f"{suite}: {reason}" for suite, reason in row.reasons.items()), "")
    return {
        "name": row.name,
        "kind": row.kind,
        "what": row.what,
        "size": row.size,
        "unit": row.unit,
        **row.cells,
        "as_it_should": not row.wrong,
        "smallest_caught": row.smallest_caught,
        "first_objection": first,
        "note": row.note,
    }
