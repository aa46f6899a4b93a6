"""A validation run from its command line to its folder."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plugin.running import MINI, Ran, command, environment, mini, run

# One process for the module: its failing run is shared.
pytestmark = pytest.mark.xdist_group("plugin-run")


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return mini(tmp_path_factory.mktemp("failed"), "-k", "not slow")


def test_everything_requested_is_written(failed: Ran) -> None:
    there = {path.name for path in failed.folder.iterdir()}
    assert {"records.json", "records.csv", "report.html", "summary.md", "junit.xml"} <= there
    assert "records.incomplete.jsonl" not in there
    assert ElementTree.parse(failed.folder / "junit.xml").getroot() is not None


def test_missed_targets_give_status_1_and_the_path_last(failed: Ran) -> None:
    assert failed.status == 1
    assert failed.last_line == f"report: {failed.folder / 'report.html'}"
    assert "--collect-only" not in failed.out


def test_the_header_says_who_against_whom_and_why(failed: Ran) -> None:
    assert "spin-harness: exact (reference) against exact, tier smoke" in failed.out
    assert "backend: exact" in failed.out
    assert "why: computed in this process, as requested" in failed.out
    page = (failed.folder / "report.html").read_text(encoding="utf-8")
    assert "task spins: May a fast surrogate of spin dynamics be trusted in place of Spinach?" in page


def test_a_failing_check_is_a_small_report_without_traceback(failed: Ran) -> None:
    part = failed.out[failed.out.index("_ test_bad _") : failed.out.index("_ test_broken _")]
    assert "1 of 3 judged numbers miss their targets, 1 of 3 could not be had" in part
    assert "RMSE of M = 0.005 of s on b against r; target ≤ 0.002 (ours: " in part
    assert "worst at t = 7 ms" in part
    assert "raised ValueError: no luck" in part
    assert "repeat: pytest --pyargs test_mini::test_bad --validate-against exact --subject exact" in part
    assert "def test_bad" not in part


def test_every_number_is_recorded_and_a_broken_test_is_an_error(failed: Ran) -> None:
    verdicts = {record.measurement.case: record.verdict for record in failed.report.records}
    right = {"a": "info", "b": "fail", "c": "pass", "d": "error", "e": "pass", "f": "pass", "test_broken": "error"}
    assert verdicts == right
    broken = next(r for r in failed.report.records if r.measurement.case == "test_broken")
    assert "RuntimeError: a fault of the suite" in broken.judgement.message
    assert [r.id for r in failed.report.records] == [f"r{k}" for k in range(1, 9)]
    names = [r.test.rpartition("::")[2] for r in failed.report.records]
    assert names == [*["test_good"] * 2, *["test_bad"] * 3, "test_control", *["test_broken"] * 2]
    control = next(r for r in failed.report.records if r.measurement.case == "e")
    assert control.role == "control"


def test_the_headline_counts_and_names_what_was_deselected(failed: Ran) -> None:
    headline = failed.report.headline
    assert headline.startswith("FAIL: exact against exact, 3 of 6 judged numbers miss their targets. PARTIAL: 0 of ")
    assert headline.endswith("(1 tests were deselected)")
    assert "missing: all of conservation, detection, fresh" in headline
    assert not failed.report.complete


def test_higher_tiers_include_more(tmp_path: Path) -> None:
    ran = mini(tmp_path, "-k", "good or later", "--tier", "nightly")
    assert ran.status == 6
    assert {r.measurement.case for r in ran.report.records} == {"a", "g"}
    assert "exact against exact, all 2 judged numbers meet their targets" in ran.report.headline


def test_stopping_early_is_incomplete(tmp_path: Path) -> None:
    ran = mini(tmp_path, "-x", "-k", "bad or control")
    assert ran.status == 1
    assert not ran.report.complete
    assert ran.report.headline.startswith("INCOMPLETE: 1 of 2 tests did not run to their end")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_leaves_a_report_that_says_so(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "test_mini.py").write_text(MINI, encoding="utf-8")
    line = command(tmp_path, "test_mini.py", "--validate-against", "exact", "--subject", "exact", "-k", "good or slow")
    # A shell that runs the tests in its background has its children ignore SIGINT: undo that first.
    wake = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    line = [sys.executable, "-c", wake, *line]
    process = subprocess.Popen(line, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not (tmp_path / "slow.began").is_file():
        assert time.monotonic() < end, "the second test did not begin within a minute"
        time.sleep(0.1)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    ran = Ran(process.returncode, out, tmp_path / "run")
    assert ran.status == 2
    assert ran.report.headline.startswith("INCOMPLETE: 1 of 2 tests")
    assert "a" in {r.measurement.case for r in ran.report.records}
    assert "INCOMPLETE" in (ran.folder / "report.html").read_text(encoding="utf-8")


def test_a_killed_run_leaves_nothing_that_looks_like_a_report(tmp_path: Path) -> None:
    (tmp_path / "test_mini.py").write_text(MINI, encoding="utf-8")
    line = command(tmp_path, "test_mini.py", "--validate-against", "exact", "--subject", "exact", "-k", "slow")
    process = subprocess.Popen(line, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.DEVNULL)
    journal = tmp_path / "run" / "records.incomplete.jsonl"
    end = time.monotonic() + 60
    while not journal.is_file():
        assert time.monotonic() < end
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"records.incomplete.jsonl", ".lock"}


def test_a_distributed_run_records_the_same(tmp_path: Path, failed: Ran) -> None:
    ran = mini(tmp_path, "-k", "not slow", "-n", "2")
    assert ran.status == 1

    def stated(report) -> set:
        return {(r.measurement.case, r.measurement.value, r.verdict) for r in report.records}

    assert stated(ran.report) == stated(failed.report)
    assert "did not run to their end" not in ran.report.headline


def test_the_command_of_a_record_repeats_it(tmp_path: Path, failed: Ran) -> None:
    record = next(r for r in failed.report.records if r.measurement.case == "b")
    (tmp_path / "test_mini.py").write_text(MINI, encoding="utf-8")
    words = shlex.split(record.command)
    assert words[0] == "pytest"
    ran = run(tmp_path, *words[1:], PYTHONPATH=str(tmp_path))
    assert [(r.measurement.case, r.measurement.value) for r in ran.report.records if r.measurement.case == "b"] == [
        ("b", record.measurement.value)
    ]


def test_what_a_higher_tier_has_is_distinguished_from_what_was_deselected(failed: Ran) -> None:
    assert "1 of the collected tests belong to a higher tier and did not run" in failed.out
    assert re.search(r"collected 6 items / 2 deselected / 4 selected", failed.out)


@pytest.mark.parametrize(
    ("given", "status"), [(["--report-dir", "made"], 4), ([], 4), (["-n", "1"], 5)], ids=["named", "plain", "workers"]
)
def test_no_test_selected_is_one_line_and_no_folder(tmp_path: Path, given: list[str], status: int) -> None:
    (tmp_path / "test_mini.py").write_text(MINI, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_mini.py", "-k", "nosuchcase", *given]
    line += ["--validate-against", "exact", "--subject", "exact"]
    done = subprocess.run(
        line, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == status
    assert (done.stdout + done.stderr).count("nothing to validate: no test is selected") == 1
    if status == 4:
        assert "no test is selected (5 left out by -k, -m or --deselect, 1 belong" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "generated xml" not in done.stdout
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == {"test_mini.py"}


MANY = MINI.partition("def test_good")[0] + '''
@pytest.mark.parametrize("k", range(20))
def test_bad(verdict, k):
    verdict.check(number(5e-3, f"case {k}"), "chain_rmse")
'''


@pytest.mark.parametrize("given", [(), ("-rf",)])
def test_of_many_failures_the_terminal_shows_a_few_and_junit_all(tmp_path: Path, given: tuple[str, ...]) -> None:
    (tmp_path / "test_many.py").write_text(MANY, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra\n", encoding="utf-8")
    ran = run(tmp_path, "test_many.py", "--validate-against", "exact", "--subject", "exact", *given)
    assert ran.status == 1
    cases = list(ElementTree.parse(ran.folder / "junit.xml").getroot().iter("testcase"))
    assert len([case for case in cases if case.find("failure") is not None]) == 20
    assert "20 failed" in ran.out
    if given:
        assert ran.out.count("FAILED test_many.py") == 20
    else:
        assert ran.out.count("FAILED test_many.py") == 5
        assert "and 15 more failed tests" in ran.out
        assert len(ran.out.splitlines()) < 50
        assert "RMSE of M = 0.005 of s on case 0 against r" in ran.out


def test_a_subject_that_gives_nothing_is_an_error(tmp_path: Path) -> None:
    text = MINI.partition("def test_good")[0] + '''
def test_silent(verdict):
    for case in "abc":
        verdict.check(number(None, case, problem="wrote no result file"), "chain_rmse")
'''
    (tmp_path / "test_silent.py").write_text(text, encoding="utf-8")
    ran = run(tmp_path, "test_silent.py", "--validate-against", "exact", "--subject", "exact")
    assert ran.status == 1
    assert ran.report.headline.startswith("ERROR: exact gave no answer in 3 of 3 cases: wrote no result file. PARTIAL")
    assert "ERROR: 3 of 3 numbers could not be had" in ran.out
    assert "no number of s on a" in ran.out


def test_nothing_judged_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "test_empty.py").write_text("def test_nothing(validation): pass\n", encoding="utf-8")
    ran = run(tmp_path, "test_empty.py", "--validate-against", "exact", "--subject", "exact")
    assert ran.status == 6
    assert ran.report.headline.startswith("PARTIAL: 0 of ")
    assert re.search("nothing was judged", ran.report.headline)
