"""CSV, Markdown, and what counts as worst."""

from __future__ import annotations

import csv
import io

from harness.report.tables import lines, markdown, number, records_csv, to_csv, worst_cases
from tests.report.making import record, report_of


def test_csv_has_every_record_in_full_precision() -> None:
    text = records_csv([record(1, 1 / 3 * 1e-3), record(2, None, problem='raised "x", badly')])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert float(rows[0]["value"]) == 1 / 3 * 1e-3
    assert rows[1]["value"] == ""
    assert rows[1]["message"] == 'raised "x", badly'


def test_csv_columns_of_uneven_rows() -> None:
    assert to_csv([{"a": 1}, {"b": 2}]) == "a,b\n1,\n,2\n"


def test_worst_cases_are_judged_ones_errors_first_one_per_case() -> None:
    records = [
        record(1, 5e-3, case="a"),
        record(2, 4e-3, case="a"),
        record(3, 9.0, case="b", expected="miss"),
        record(4, None, case="c", problem="raised"),
        record(5, 99.0, case="d", target=None),
        record(6, 1e-4, case="e"),
    ]
    assert [r.id for r in worst_cases(records)] == ["r4", "r1", "r6"]


def test_lines_group_by_what_was_asked_of_whom() -> None:
    found = lines([record(1), record(2, 2e-3), record(3, target=None), record(4, 1.0, expected="miss")])
    assert [(line.role, line.met, len(line.records), line.verdict) for line in found] == [
        ("target", 1, 2, "fail"),
        ("info", 0, 1, "info"),
        ("control", 1, 1, "pass"),
    ]
    assert found[0].worst.id == "r2"


def test_markdown_says_the_headline_first_and_escapes_bars() -> None:
    text = markdown(report_of([record(1, case="a|b"), record(2, None, problem="two\nlines")], headline="FAIL: x"))
    assert text.splitlines()[0] == "**FAIL: x**"
    assert "a\\|b" in text or "two lines" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(row.count("|") - row.count("\\|") == 8 for row in rows)


def test_numbers_for_people() -> None:
    assert number(None) == "–"
    assert number(0.0) == "0"
    assert number(1.234e-5, "Hz") == "1.23e-5 Hz"
    assert number(12.34) == "12.3"
    assert number(1234567.0) == "1.23e6"
