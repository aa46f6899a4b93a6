"""CSV, Markdown, and what counts as worst."""

from __future__ import annotations

import csv
import io

from harness.report import Interval, Target
from harness.report.tables import (
    how_missed,
    lines,
    markdown,
    number,
    of_whom,
    open_goals,
    records_csv,
    stated,
    to_csv,
    worst_cases,
)
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


def test_of_a_molecule_only_the_worst_and_ratios_after_errors() -> None:
    records = [
        record(1, 6.17e5, metric="error of M over that of the pair product", case="valine.a-9.4T"),
        record(2, 5e-3, case="valine.a-14.1T"),
        record(3, 4e-3, case="valine.b-9.4T"),
        record(4, 9e5, metric="error of M over that of the pair product", case="alanine.a-9.4T"),
        record(5, 2e-3, case="chain-8-draw-1"),
        record(6, 1e-4, case="chain-8-draw-2"),
        record(7, None, case="chain-8-draw-3", determined=False),
    ]
    assert [r.id for r in worst_cases(records, 4)] == ["r2", "r5", "r4", "r6"]


def test_after_the_misses_comes_what_was_judged_against_the_reference() -> None:
    records = [
        record(1, 9e-4, reference="exact", case="a"), record(2, 1e-4, reference="spinach", case="b"),
        record(3, 2e-3, reference="exact", case="c"),
    ]  # fmt: skip
    assert [r.id for r in worst_cases(records, reference="spinach")] == ["r3", "r2", "r1"]
    assert [r.id for r in worst_cases(records)] == ["r3", "r1", "r2"]


def test_a_share_at_its_largest_value_is_not_among_the_worst_before_an_error() -> None:
    share = Target("share", 0.95, ">=", "1", "ours", "a reason")
    records = [record(1, 1.0, target=share, case="a"), record(2, 1e-5, case="b")]
    assert [r.id for r in worst_cases(records)] == ["r2", "r1"]


def test_a_number_says_its_target_and_on_which_side_it_misses() -> None:
    share = Target("share", (0.85, 0.97), "between", "1", "ours", "a reason")
    assert stated(record(1, 1.0, target=share)) == "1, target 0.85 … 0.97 (too high)"
    assert stated(record(1, 0.5, target=share)) == "0.5, target 0.85 … 0.97 (too low)"
    assert stated(record(1, 0.9, target=share)) == "0.9, target 0.85 … 0.97"
    assert stated(record(1, 2e-3)) == "0.002, target ≤ 0.001"
    assert stated(record(1, None, problem="wrote no result file")) == "no number: wrote no result file"


def test_of_whom_and_against_whom() -> None:
    assert of_whom(record(1), "toy") == "against truth"
    assert of_whom(record(1, subject="toy (chains only)"), "toy") == "toy (chains only), against truth"


def test_lines_group_by_what_was_requested_of_whom() -> None:
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


RANGE = Target("coverage", (0.85, 0.97), "between", "1", "ours", "a reason")
GOAL = Target("hope", 1e-4, "<=", "1", "asked", "a reason", "goal")


def test_a_miss_is_explained_in_the_direction_in_which_it_missed() -> None:
    words = {"low": "the band is too narrow", "high": "the band is too wide"}

    def direction(metric: str, side: str) -> str:
        return words[side]

    assert how_missed(record(1, 0.835, target=RANGE), direction) == (
        "0.835 is below 0.85 … 0.97: the band is too narrow"
    )
    assert how_missed(record(1, 0.99, target=RANGE), direction) == "0.99 is above 0.85 … 0.97: the band is too wide"
    assert how_missed(record(1, 5e-3)) == "0.005 is above 0.001"
    assert how_missed(record(1, 5e-4)) == ""
    assert how_missed(record(1, None, problem="raised")) == ""
    wide = record(1, 0.86, target=RANGE, interval=Interval(0.84, 0.88, 0.95, "Clopper-Pearson"))
    assert how_missed(wide, direction) == "its interval 0.84 … 0.88 lies on both sides of the target"


def test_the_numbers_tell_their_intervals() -> None:
    one = record(1, 0.9, target=RANGE, interval=Interval(0.88, 0.92, 0.95, "Clopper-Pearson"), cases=2000)
    assert stated(one) == "0.9 (0.88 … 0.92), target 0.85 … 0.97"
    (row,) = csv.DictReader(io.StringIO(records_csv([one])))
    assert (row["low"], row["high"], row["interval"], row["cases"]) == ("0.88", "0.92", "Clopper-Pearson", "2000")
    assert row["target_kind"] == "gate"


def test_goals_stand_apart_from_worst_cases_and_are_never_hidden() -> None:
    hoped = [record(k, value, target=GOAL) for k, value in ((2, 5e-4), (3, 5e-2), (4, 1e-5))]
    records = [record(1, 9e-4), *hoped]
    assert [r.id for r in worst_cases(records)] == ["r1"]
    assert [r.id for r in open_goals(records)] == ["r3", "r2"]
    assert stated(records[1]) == "5.00e-4, goal ≤ 0.0001"
    text = markdown(report_of(records))
    assert "error (goal)" in text
    assert "🎯" in text
    assert [line.verdict for line in lines(records)] == ["pass", "open-goal"]


def test_what_is_no_part_of_the_run_is_listed_in_the_summary() -> None:
    from dataclasses import replace

    from harness.report import Exclusion

    report = replace(report_of([record(1)]), excluded=(Exclusion("toys", "trace", "toys have no trace"),))
    assert "Not part of this run, and why:\n\n- toys, trace: toys have no trace" in markdown(report)
    assert "Not part of this run" not in markdown(report_of([record(1)]))
