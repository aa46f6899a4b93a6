"""Runs that survive kills, children that report, and the command."""

from __future__ import annotations

import csv
import json
import re

import pytest
from click.testing import CliRunner

from harness.benchmark import Job, Protocol, Work, in_child, run, write_table
from harness.errors import InputError
from harness.tasks.spins.benchmarks.references import extrapolated, jobs, spinach_records
from harness.tasks.spins.cli.benchmark import command

QUICK = Protocol(warmups=1, runs=2, most_runs=2, budget_s=1.0)


def record(seconds: float) -> dict:
    timing = {"wall_s": seconds, "wall_std_s": 0.0, "cpu_s": seconds, "runs": 5, "flagged": "", "spread": 0.0}
    return {"timing": timing, "peak_memory_bytes": 1, "facts": {"rmse_m": 1e-3}}


def make_jobs(n: int = 3) -> list[Job]:
    return [Job("method", size, "module:function", {"size": size}, "ours") for size in range(n)]


def test_a_killed_run_goes_on_where_it_stopped(tmp_path) -> None:
    measured = []

    def measure(work, protocol, limit_s):
        if work.arguments["size"] == 2 and len(measured) == 2:
            raise KeyboardInterrupt
        measured.append(work.arguments["size"])
        return record(1.0)

    with pytest.raises(KeyboardInterrupt):
        run(make_jobs(), tmp_path, QUICK, measure=measure)
    assert measured == [0, 1]
    measured.append("again")
    found = run(make_jobs(), tmp_path, QUICK, measure=measure)
    assert measured == [0, 1, "again", 2]
    assert [r["size"] for r in found] == [0, 1, 2]


def test_failures_are_records_and_are_tried_again(tmp_path) -> None:
    answers = [{"error": "took longer than 1 s"}, record(2.0)]
    for expected in ("error", "timing"):
        (found,) = run(make_jobs(1), tmp_path, QUICK, measure=lambda *a: answers.pop(0))
        assert expected in found


def test_another_protocol_is_another_measurement(tmp_path) -> None:
    calls = []
    for protocol in (QUICK, Protocol(), QUICK):
        run(make_jobs(1), tmp_path, protocol, measure=lambda *a: calls.append(1) or record(1.0))
    assert len(calls) == 2


def test_a_damaged_record_is_named(tmp_path) -> None:
    run(make_jobs(1), tmp_path, QUICK, measure=lambda *a: record(1.0))
    (path,) = (tmp_path / "measurements").glob("*.json")
    path.write_text("{")
    with pytest.raises(InputError, match=path.name):
        run(make_jobs(1), tmp_path, QUICK, measure=lambda *a: record(1.0))


def test_tables_hold_every_record(tmp_path) -> None:
    found = run(make_jobs(), tmp_path, QUICK, measure=lambda *a: record(0.5))
    write_table([*found, {**found[0], "error": "x"}], tmp_path, "table")
    rows = list(csv.DictReader((tmp_path / "table.csv").read_text().splitlines()))
    assert len(rows) == 4
    assert float(rows[0]["wall_s"]) == 0.5
    assert len(json.loads((tmp_path / "table.json").read_text())["records"]) == 4


def test_a_child_measures_with_one_thread() -> None:
    (job,) = jobs([3], ["pair-product"])
    found = in_child(job.work, QUICK, 120.0)
    assert found["machine"]["threads"] == "1"
    assert 0 < found["timing"]["wall_s"] < 1
    assert 0 <= found["facts"]["rmse_m"] < 0.2
    assert found["peak_memory_bytes"] >= 0


def test_peers_are_compared_on_what_they_give() -> None:
    requested = {job.name: (job.group, job.arguments["observables"]) for job in jobs([8], peers=True)}
    assert {tuple(names) for group, names in requested.values() if group == "peer"} == {("m",)}
    assert requested["exact, M alone"] == ("ours", ["m"])
    assert requested["exact"] == ("ours", ["m", "i1z"])


def test_a_child_that_cannot_says_why() -> None:
    (job,) = jobs([40], ["dense"])
    assert "bytes" in in_child(job.work, QUICK, 120.0)["error"]
    broken = in_child(Work("harness.tasks.spins.benchmarks.references:nothing", {}), QUICK, 120.0)
    assert "nothing" in broken["error"]


def test_a_child_is_stopped_at_its_limit() -> None:
    (job,) = jobs([3], ["exact"])
    assert "longer" in in_child(job.work, QUICK, 0.05)["error"]


def test_dense_is_extrapolated_and_marked() -> None:
    measured = [
        {"name": "dense", "size": n, "group": "ours", "timing": {"wall_s": 1e-6 * 8.0**n}, "facts": {}, "note": ""}
        for n in (4, 6, 8)
    ]
    (found,) = extrapolated(measured, "dense", [4, 6, 8, 12])
    assert found["size"] == 12
    assert found["note"] == "extrapolated"
    assert found["timing"]["wall_s"] == pytest.approx(1e-6 * 8.0**12, rel=1e-6)
    assert "N = 4, 6, 8" in found["timing"]["flagged"]


def test_spinach_times_come_from_the_cache() -> None:
    found = spinach_records()
    assert {r["group"] for r in found} == {"cache"}
    assert all(r["timing"]["wall_s"] > 0 for r in found)
    assert any(r["size"] == 8 for r in found)


def test_the_command_writes_table_and_figure(tmp_path) -> None:
    arguments = [
        "references",
        "--out",
        str(tmp_path),
        "--sizes",
        "2,3",
        "--method",
        "pair-product",
        "--budget-s",
        "0.5",
    ]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "0 failed" in done.output
    assert (tmp_path / "references.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader((tmp_path / "references.csv").read_text().splitlines()))
    assert {r["name"] for r in rows} >= {"pair-product", "spinach-octave"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--sizes", "four"], "--sizes"), (["--sizes", "0"], "--sizes"), (["--method", "magic"], "--method 'magic'")],
)
def test_bad_input_is_refused(arguments, message, tmp_path) -> None:
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(command, ["references", "--out", str(tmp_path), *arguments], catch_exceptions=False)


CLOCKS = "tests.benchmark.false_clocks"


@pytest.mark.parametrize("name", ["honest", "stopped_clock"])
def test_a_clock_that_foreign_code_replaces_is_not_the_one_that_is_read(name: str) -> None:
    found = in_child(Work(f"{CLOCKS}:{name}", {}), QUICK, 120.0)
    assert 0.3 <= found["timing"]["wall_s"] < 1


def test_a_clock_that_is_not_ours_is_an_error() -> None:
    found = in_child(Work(f"{CLOCKS}:slow_clock", {}, known_as="quick 1.0"), QUICK, 120.0)
    assert re.fullmatch(r"quick 1\.0 counted [\d.]+ s in calls that took [\d.]+ s by our clock", found["error"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGILL", "died with SIGILL"), ("SIGSEGV", "died with SIGSEGV"), ("exit", "ended with exit status 0")],
)
def test_a_death_while_it_is_called_is_one_sentence(name: str, words: str) -> None:
    found = in_child(Work(f"{CLOCKS}:dies_when_called", {"name": name}, known_as="crash 1.0"), QUICK, 120.0)
    assert found["error"] == f"crash 1.0 {words} while being called first"
