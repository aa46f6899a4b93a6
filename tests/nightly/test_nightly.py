"""Exit statuses, refusals, and the line for the mail; the phases are real ones, cut down to a few cases."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.nightly import command
from harness.durable import lock
from harness.errors import InputError
from harness.nightly import NightlyOptions, nightly
from harness.report.history import read_history
from harness.resources import shared_folder


def options(**more: object) -> NightlyOptions:
    given = {"subject": "weak-coupling", "tier": "smoke", "select": "test_spinach and chain-2-strong-draw-1", **more}
    return NightlyOptions(**given)  # type: ignore[arg-type]


def test_missed_targets_are_status_1_with_the_worst_in_one_line(tmp_path: Path) -> None:
    arguments = ["--subject", "weak-coupling", "--tier", "smoke", "--select", "test_spinach and chain-2-strong-draw-1"]
    folders = ["--work-dir", str(tmp_path / "work"), "--reports-dir", str(tmp_path / "reports")]
    result = CliRunner().invoke(command, [*arguments, *folders], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 1
    (line,) = result.stdout.splitlines()
    assert "FAIL: weak-coupling against Spinach" in line
    assert "worst: chain-2-strong-draw-1" in line
    assert line.endswith("report.html")
    entries, _ = read_history(tmp_path / "reports" / "history")
    assert [entry["verdict"] for entry in entries] == ["fail"]
    assert entries[0]["options"]["subject"] == "weak-coupling"
    assert (tmp_path / "reports" / "index.html").is_file()


def test_what_cannot_run_is_status_2_and_stays_unfinished(tmp_path: Path) -> None:
    work, reports = tmp_path / "work", tmp_path / "reports"
    found = nightly(options(subject="nobody"), work, reports)
    assert found.status == 2
    assert "COULD NOT RUN, phase suites" in found.line
    assert "subject 'nobody' is unknown" in found.line
    assert Path(found.facts["log"]).is_file()
    assert read_history(reports / "history") == ([], [])
    with pytest.raises(InputError, match="is unfinished and has subject = 'nobody', not 'exact'"):
        nightly(options(subject="exact"), work, reports)
    again = nightly(options(subject="nobody"), work, reports)
    assert again.facts["run"] == found.facts["run"]


def test_a_damaged_cache_stops_the_run_before_anything_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    entry = min(shared_folder("spinach_cache").glob("*.h5"), key=lambda path: path.stat().st_size)
    content = bytearray(entry.read_bytes())
    content[len(content) // 2] ^= 0xFF
    (cache / entry.name).write_bytes(content)
    monkeypatch.setenv("HARNESS_CACHE", str(cache))
    found = nightly(options(), tmp_path / "work", tmp_path / "reports")
    assert found.status == 2
    assert "phase data" in found.line
    assert not (tmp_path / "reports" / found.facts["run"]).exists()


def test_a_phase_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    start = time.monotonic()
    found = nightly(options(limit_h=0.1 / 3600), tmp_path / "work", tmp_path / "reports")
    assert (found.status, found.facts["phase"]) == (2, "data")
    assert "stopped after" in found.line
    assert time.monotonic() - start < 30


def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    with lock(tmp_path / "work"), pytest.raises(InputError, match="is in use by process"):
        nightly(options(), tmp_path / "work", tmp_path / "reports")
    assert not (tmp_path / "work" / "current.json").exists()


def test_restart_abandons_the_unfinished_run(tmp_path: Path) -> None:
    work, reports = tmp_path / "work", tmp_path / "reports"
    first = nightly(options(limit_h=0.1 / 3600), work, reports)
    second = nightly(options(subject="exact", limit_h=0.1 / 3600), work, reports, restart=True)
    assert second.facts["run"] != first.facts["run"]
    assert json.loads((work / "current.json").read_text())["attempts"] == 1


@pytest.mark.parametrize(("more", "message"), [({"limit_h": 0}, "--limit-h"), ({"epochs": 3}, "nothing to train")])
def test_options_that_cannot_be(more: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        options(**more)


def test_folders_that_cannot_be_made_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        nightly(options(), tmp_path / "file" / "work", tmp_path / "reports")
    shutil.rmtree(tmp_path / "reports", ignore_errors=True)
