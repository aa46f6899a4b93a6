"""A peer that ends its process, hangs or is another version is one sentence wherever it is met; the rest goes on."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.subjects import load_subject
from harness.tasks.spins.peers import PEERS, start_peer
from harness.tasks.spins.systems import TimeGrid, chain
from tests.subjects.standins import DEATHS, package

GRID = TimeGrid(20, 1e-4)
TWO = chain([10.0, -35.0], 7.0)
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("death", DEATHS)
def test_a_death_on_import_is_one_sentence(first: Path, death: str) -> None:
    code, words = DEATHS[death]
    package(first, "spinguin", "0.2.77", when_imported=code)
    with pytest.raises(InputError) as caught:
        start_peer("spinguin", 3.0, start_limit_s=3.0)
    assert str(caught.value) == f"subject 'spinguin': spinguin 0.2.77 {words} while importing"


@pytest.mark.parametrize("death", DEATHS)
def test_a_death_in_a_call_is_one_sentence_and_the_next_case_goes_on(first: Path, death: str) -> None:
    code, words = DEATHS[death]
    package(first, "qutip", "5.0.77", when_called=code)
    subject = load_subject("qutip", 3.0)
    try:
        for _ in range(2):
            assert subject.answer(TWO, GRID).problem == f"qutip 5.0.77 {words} while answering"
    finally:
        subject.close()


def test_an_exception_on_import_and_in_a_call_is_one_sentence(first: Path) -> None:
    package(first, "nmrsim", "0.7.77", when_imported="raise RuntimeError('built for another\\nprocessor')")
    with pytest.raises(InputError) as caught:
        load_subject("nmrsim")
    predicted = "importing 'nmrsim' raised RuntimeError: built for another processor"
    assert str(caught.value) == f"subject 'nmrsim': {predicted}"
    package(first, "spinguin", "0.2.77")
    subject = load_subject("spinguin")
    try:
        assert subject.answer(TWO, GRID).problem.startswith("raised AttributeError: the stand-in of spinguin has no ")
    finally:
        subject.close()


@pytest.mark.parametrize("name", PEERS)
def test_another_version_is_refused_before_it_is_imported(first: Path, name: str) -> None:
    package(first, name, "0.0.1", when_imported=DEATHS["SIGILL"][0])
    with pytest.raises(InputError, match=rf"^{name} 0\.0\.1 is installed, {name}>=[\d.]+ is needed: pip install "):
        load_subject(name)


def harness(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from harness.cli import main; main()", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_the_benchmark_table_says_it_and_measures_the_rest(first: Path, tmp_path: Path) -> None:
    package(first, "spinguin", "0.2.77", when_imported=DEATHS["SIGILL"][0])
    package(first, "qutip", "5.0.77", when_called=DEATHS["exit 0"][0])
    package(first, "nmrsim", "0.0.1")
    rows = ("spinguin order 3", "qutip eigenstates", "nmrsim", "pair-product")
    requested = [part for row in rows for part in ("--method", row)]
    done = harness("benchmark", "references", "--sizes", "2", "--budget-s", "0.5", "--no-spinach", *requested,
                   "--out", "b", folder=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "b" / "references.csv", newline="") as file:
        errors = {row["name"]: row["error"] for row in csv.DictReader(file)}
    assert errors["spinguin order 3"] == "spinguin 0.2.77 died with SIGILL while importing"
    assert errors["qutip eigenstates"] == "qutip 5.0.77 ended with exit status 0 while being called first"
    assert errors["nmrsim"].startswith("nmrsim 0.0.1 is installed, nmrsim>=0.7 is needed: pip install ")
    assert errors["pair-product"] == ""


def test_a_comparison_says_it_and_ranks_the_rest(first: Path, tmp_path: Path) -> None:
    package(first, "spinguin", "0.2.77", when_imported=DEATHS["SIGILL"][0])
    done = harness("compare", "spinguin", "pair-product", "--select", "chain-2-strong", "--out", "c", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "spinguin: 4 cases without an answer: spinguin 0.2.77 died with SIGILL while importing" in done.stdout
    assert "pair-product" in done.stdout


def test_a_validation_of_a_peer_that_cannot_start_is_a_usage_error_of_one_line(first: Path, tmp_path: Path) -> None:
    package(first, "spinguin", "0.2.77", when_imported=DEATHS["SIGSEGV"][0])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", "harness.suites.accuracy",
         "--validate-against", "spinach", "--subject", "spinguin"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 4
    assert "spinguin 0.2.77 died with SIGSEGV while importing" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_tests_skip_with_the_sentence(first: Path) -> None:
    from tests.peers import why_not

    package(first, "spinguin", "0.2.77", when_imported=DEATHS["SIGILL"][0])
    assert why_not.__wrapped__("spinguin") == "spinguin 0.2.77 died with SIGILL while importing"


def test_no_process_that_judges_imports_a_peer(first: Path) -> None:
    """Every name under which a peer is met, in one process that would die of an import."""
    for name in PEERS:
        package(first, name, "9.9", when_imported=DEATHS["SIGILL"][0])
    code = (
        "import sys, pytest, harness.cli, harness.plugin\n"
        "from harness.benchmark import conditions\n"
        "from harness.tasks.spins.benchmarks.references import jobs\n"
        "from harness.errors import InputError\n"
        "from harness.subjects import load_subject\n"
        "from harness.tasks.spins.peers import PEERS, installed_peers\n"
        "assert set(installed_peers()) == set(PEERS)\n"
        "assert set(PEERS) <= set(conditions()['versions'])\n"
        "assert {job.group for job in jobs([4], peers=True)} == {'ours', 'peer'}\n"
        "for name in PEERS:\n"
        "    with pytest.raises(InputError, match='9.9 died with SIGILL while importing'):\n"
        "        load_subject(name)\n"
        "assert not set(PEERS) & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_only_drivers_and_programs_for_children_name_a_peer_in_an_import() -> None:
    """Also in tests: collecting them, with or without importorskip, must not import a peer."""
    drivers = {f"harness/tasks/spins/peers/{name}.py" for name in PEERS} | {"tests/compare/stock_peers.py"}
    drivers.add("tests/relaxation/spinguin_rates.py")
    way = re.compile(rf"""(?:\b(?:import|from)\s+|(?:importorskip|import_module)\(['"])(?:{"|".join(PEERS)})\b""")
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("harness", "tests", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if way.search(path.read_text(encoding="utf-8"))
    }
    assert found == drivers


def test_the_report_of_a_run_names_the_traceback_next_to_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", "harness.suites.accuracy",
         "--validate-against", "spinach", "--subject", "tests.subjects.foreign_subjects:raises",
         "-k", "chain-4-draw-1", "--report-dir", "run"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    for page in ("records.json", "report.html"):
        named = set(re.findall(r"traceback: (tracebacks/\w+\.txt)", (tmp_path / "run" / page).read_text("utf-8")))
        assert len(named) == 1, page
        assert "in raises\n" in (tmp_path / "run" / named.pop()).read_text(encoding="utf-8")
