"""Entries are written once, series hold only what is comparable, and the page shows it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.report.history import append, machine_key, read_history, series_of
from harness.report.history_changes import changes_of
from harness.report.history_page import sparkline, write_index
from harness.report.records import Target
from harness.report.store import Report

Made = Callable[..., Report]
LIMIT = Target("rmse", 2e-3, "<=", "1", "ours", "a made-up limit")


def filled(made_report: Made, folder: Path, nights: int, **options: object) -> None:
    for night in range(nights):
        append(folder, made_report(night, [1e-3, 2e-4, 3e-4], **options))


def test_adding_a_run_twice_gives_one_entry_that_stays_as_it_was(made_report: Made, tmp_path: Path) -> None:
    path, new = append(tmp_path, made_report(0, [1e-3]))
    before = path.read_bytes()
    again, new_again = append(tmp_path, made_report(0, [5e-3]))
    assert (new, new_again, again) == (True, False, path)
    assert path.read_bytes() == before
    assert len(read_history(tmp_path)[0]) == 1


def test_worst_and_median_follow_the_direction_of_the_target(made_report: Made, tmp_path: Path) -> None:
    at_least = dataclasses.replace(LIMIT, value=0.95, comparison=">=")
    within = dataclasses.replace(LIMIT, value=(0.9, 1.1), comparison="between")
    for night, target, worst in ((0, LIMIT, 1.2), (1, at_least, 0.7), (2, within, 0.7), (3, None, 1.2)):
        append(tmp_path, made_report(night, [0.7, 1.0, 1.2], target=target))
        metric = read_history(tmp_path)[0][-1]["metrics"][0]
        assert (metric["worst"], metric["median"], metric["cases"]) == (worst, 1.0, 3)


def test_a_case_without_a_number_counts_as_missed(made_report: Made, tmp_path: Path) -> None:
    append(tmp_path, made_report(0, [1e-3, None]))
    append(tmp_path, made_report(1, [None, None]))
    first, second = (e["metrics"][0] for e in read_history(tmp_path)[0])
    assert (first["worst"], first["missed"]) == (1e-3, 1)
    assert (second["worst"], second["median"], second["missed"]) == (None, None, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"target": dataclasses.replace(LIMIT, value=1e-3)},
        {"target": dataclasses.replace(LIMIT, comparison="<")},
        {"suite_version": 2},
        {"threads": "2"},
        {"values": [1e-2, 1e-2]},
    ],
    ids=["target value", "comparison", "suite version", "threads", "cases"],
)
def test_what_changed_its_meaning_is_not_compared(made_report: Made, tmp_path: Path, change: dict) -> None:
    filled(made_report, tmp_path, 12)
    values = change.pop("values", [1e-2, 1e-2, 1e-2])
    for night in range(12, 18):
        append(tmp_path, made_report(night, values, **change))
    entries, _ = read_history(tmp_path)
    assert changes_of(entries) == []
    old, new = series_of(entries)
    assert (len(old.points), old.current, len(new.points), new.current) == (12, False, 6, True)


def test_machines_are_not_compared(made_report: Made, tmp_path: Path) -> None:
    filled(made_report, tmp_path, 12)
    for night in range(12, 18):
        append(tmp_path, made_report(night, [1e-2] * 3, processor="Another CPU"))
    entries, _ = read_history(tmp_path)
    assert changes_of(entries) == []
    assert [s.current for s in series_of(entries)] == [True, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_tasks_are_not_compared_and_entries_without_one_are_of_the_default_task(
    made_report: Made, tmp_path: Path
) -> None:
    """The same names of suite, metric, subject and reference; the first half was written before tasks had names."""
    filled(made_report, tmp_path, 6)
    for path in tmp_path.glob("*/*.json"):
        entry = json.loads(path.read_text(encoding="utf-8"))
        for metric in entry["metrics"]:
            del metric["task"]
        path.write_text(json.dumps(entry), encoding="utf-8")
    for night in range(6, 10):
        append(tmp_path, made_report(night, [1e-3] * 3))
    for night in range(10, 13):
        other = made_report(night, [1e-3] * 3)
        records = tuple(dataclasses.replace(record, task="other") for record in other.records)
        append(tmp_path, dataclasses.replace(other, records=records))
    found = {s.metric["task"]: (len(s.points), s.current) for s in series_of(read_history(tmp_path)[0])}
    assert found == {"spins": (10, True), "other": (3, True)}


def test_a_kernel_upgrade_does_not_make_another_machine(made_report: Made) -> None:
    machine = made_report(0, [1.0]).context.machine
    assert machine_key(machine) == machine_key({**machine, "system": "Linux 6.12", "memory_gib": 7.8})


def test_a_step_names_runs_commits_and_upgrades(made_report: Made, tmp_path: Path) -> None:
    filled(made_report, tmp_path, 12, commit="a" * 40)
    for night in range(12, 15):
        append(
            tmp_path,
            made_report(night, [4e-3] * 3, commit="b" * 40, versions={"python": "3.11.2", "numpy": "2.2.0"}),
        )
    entries, _ = read_history(tmp_path)
    worst = changes_of(entries)
    assert [(c.which, c.direction, c.first_after["run"]) for c in worst] == [("worst", "worse", "night-012")]
    assert str(worst[0]) == (
        "spinach: rmse_m of net against spinach: worst 0.001 → 0.004 (worse) since 2026-01-13 "
        "(aaaaaaaaaa … bbbbbbbbbb; numpy 2.1.0 → 2.2.0)"
    )


def test_a_damaged_entry_is_named_and_hides_no_other(made_report: Made, tmp_path: Path) -> None:
    filled(made_report, tmp_path, 3)
    folder = next(tmp_path.iterdir())
    (folder / "night-001.json").write_text('{"schema": "harness-history-1", "run"', encoding="utf-8")
    broken = json.loads((folder / "night-002.json").read_text())
    broken["metrics"][0]["worst"] = "large"
    (folder / "night-002.json").write_text(json.dumps(broken), encoding="utf-8")
    entries, faults = read_history(tmp_path)
    assert [e["run"] for e in entries] == ["night-000"]
    assert "is not JSON" in faults[0]
    assert "metrics[0]: 'worst' is 'large'" in faults[1]
    with pytest.raises(InputError, match="is not JSON"):
        append(tmp_path, made_report(1, [1e-3]))


def test_a_run_name_that_leaves_the_folder_is_refused(made_report: Made, tmp_path: Path) -> None:
    report = made_report(0, [1e-3])
    bad = dataclasses.replace(report, context=dataclasses.replace(report.context, run="../evil"))
    with pytest.raises(InputError, match="names a file"):
        append(tmp_path, bad)


class Reader(HTMLParser):
    """Open tags, links and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "path", "circle"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.pictures += tag == "svg"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pictures += tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_runs_changes_and_series(made_report: Made, tmp_path: Path) -> None:
    history = tmp_path / "history"
    filled(made_report, history, 12)
    for night in range(12, 15):
        append(history, made_report(night, [4e-3] * 3), f"night-{night:03d}/report.html")
    append(history, made_report(15, [1e-3, 1e-3]))
    (tmp_path / "night-014").mkdir()
    (tmp_path / "night-014" / "report.html").write_text("x")
    page = write_index(tmp_path, history)
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    assert reader.open == []
    assert reader.links == ["night-014/report.html"], "only to reports that are there, nothing from a network"
    assert reader.pictures == 2
    assert "No step in any series" in reader.text, "the series of 3 cases ended"
    assert "1 series that ended" in reader.text


def test_the_page_of_an_empty_history_says_so(tmp_path: Path) -> None:
    assert "No run is recorded yet" in write_index(tmp_path, tmp_path / "history").read_text(encoding="utf-8")


def test_text_from_records_is_never_markup(made_report: Made, tmp_path: Path) -> None:
    append(tmp_path / "history", made_report(0, [1e-3], metric="<script>alert(1)</script>"))
    assert "<script" not in write_index(tmp_path, tmp_path / "history").read_text(encoding="utf-8")


def test_a_sparkline_marks_steps_and_misses(made_report: Made, tmp_path: Path) -> None:
    filled(made_report, tmp_path, 12)
    for night in range(12, 15):
        append(tmp_path, made_report(night, [4e-3] * 3))
    (series,) = series_of(read_history(tmp_path)[0])
    svg = sparkline(series.points)
    assert svg.count('class="step"') == 1
    assert svg.count('class="missed"') == 3
    assert "nan" not in svg
