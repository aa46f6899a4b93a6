"""Records on disk: they come back as they were, and nothing malformed is read or written."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.report import Exclusion, Interval, Target, read_records, write_records
from harness.report.store import schema
from tests.report.making import LIMIT, record, report_of


def some() -> list:
    return [
        record(1),
        record(2, 2e-3, worst="t = 1 ms", note="a note", seeds={"seed": 7}),
        record(3, None, problem="raised ValueError: <b>x</b>"),
        record(4, None, determined=False),
        record(5, 3.0, target=None, unit="s", subject_provenance={"name": "toy", "deep": {"a": [1, 2]}}),
        record(6, 1.0, target=Target("range", (0.9, 1.1), "between", "1", "asked", "a reason")),
        record(7, 0.5, expected="miss"),
        record(8, 0.5, target=Target("hope", 0.1, "<", "1", "asked", "a reason", "goal")),
        record(9, 9e-4, interval=Interval(8e-4, 1.1e-3, 0.95, "bootstrap"), cases=40),
    ]


def test_round_trip(tmp_path: Path) -> None:
    report = replace(report_of(some(), complete=False), excluded=(Exclusion("toys", "trace", "no outputs"),))
    write_records(tmp_path / "records.json", report)
    assert read_records(tmp_path / "records.json") == report


def test_records_name_their_task_and_older_ones_are_of_the_default_task(tmp_path: Path) -> None:
    report = report_of([replace(record(1), task="other"), record(2)])
    document = write_records(tmp_path / "records.json", report)
    assert [row["task"] for row in document["records"]] == ["other", "spins"]
    for row in document["records"]:
        del row["task"]
    (tmp_path / "old.json").write_text(json.dumps(document), encoding="utf-8")
    assert [one.task for one in read_records(tmp_path / "old.json").records] == ["spins", "spins"]


def test_schema_is_a_valid_schema_and_published() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["schema"]["const"] == "harness-records-1"


def test_targets_and_provenance_are_stored_once(tmp_path: Path) -> None:
    report = report_of([record(k, subject_provenance={"name": "toy"}) for k in range(1, 50)])
    document = write_records(tmp_path / "records.json", report)
    assert len(document["targets"]) == len(document["provenance"]) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"[1, 2]", "top level"),
        (b'{"schema": "harness-records-9"}', "harness-records-9"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_files_that_are_none_are_refused_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "records.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_records(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json"):
        read_records(tmp_path / "nowhere.json")


def test_malformed_documents_never_give_a_traceback(tmp_path: Path) -> None:
    """A thousand random damages: each is refused by name, or is still a valid document."""
    path = tmp_path / "records.json"
    good = write_records(path, report_of(some()))
    rng = random.Random(20260101)
    junk = [None, -1, "x", [], {}, [1], 1.5, True, "r1", {"a": 1}]
    refused = 0
    for _ in range(1000):
        document = json.loads(json.dumps(good))
        _damage(document, rng, junk)
        path.write_text(json.dumps(document), encoding="utf-8")
        predicted = _refusal(path)
        assert "\n" not in predicted
        refused += bool(predicted)
    assert refused > 700


def _refusal(path: Path) -> str:
    try:
        read_records(path)
    except InputError as error:
        return str(error)
    return ""


def _damage(node, rng: random.Random, junk: list) -> None:
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.7:
            node = node[key]
            continue
        if rng.random() < 0.3:
            del node[key]
        else:
            node[key] = rng.choice(junk)
        return


def test_a_reference_to_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    document = write_records(path, report_of([record(1, target=LIMIT)]))
    document["targets"] = {}
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="r1 refers to target"):
        read_records(path)


def test_a_report_from_before_goals_and_intervals_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    report = report_of([record(1), record(2, 1.0)])
    document = write_records(path, report)
    for row in document["records"]:
        del row["interval"], row["cases"]
    for target in document["targets"].values():
        del target["kind"]
    del document["run"]["excluded"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_records(path) == report
    assert {r.target.kind for r in read_records(path).records if r.target} == {"gate"}


def test_an_interval_that_is_none_is_refused_by_its_record(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    document = write_records(path, report_of(some()))
    document["records"][8]["interval"]["low"] = 1.0
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=r"record r9: interval 1\.0"):
        read_records(path)


def test_neither_controls_nor_open_goals_are_something_that_was_judged_and_passed() -> None:
    """A run in which only controls missed, or only goals stand open, has shown nothing of its subject."""
    control = record(1, 0.5, expected="miss")
    hope = Target("hope", 0.1, "<", "1", "asked", "a reason", "goal")
    assert control.verdict == "pass"
    assert report_of([control]).verdict == "incomplete"
    assert report_of([record(1, 0.5, target=hope)]).verdict == "incomplete"
    assert report_of([record(1), record(2, 0.5, target=hope)]).verdict == "pass"


def test_too_few_cases_fail_a_report() -> None:
    wide = record(2, 9e-4, interval=Interval(8e-4, 1.1e-3, 0.95, "bootstrap"), cases=40)
    assert report_of([record(1), wide]).verdict == "fail"


def test_verdict_of_a_report() -> None:
    assert report_of([record(1)]).verdict == "pass"
    assert report_of([record(1)], complete=False).verdict == "incomplete"
    assert report_of([]).verdict == "incomplete"
    assert report_of([record(1), record(2, 1.0)], complete=False).verdict == "fail"
    assert report_of([record(1), record(2, None, problem="raised")]).verdict == "fail"
