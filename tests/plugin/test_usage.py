"""Usage errors (status 4), fallbacks, and test runs that are none of our business."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.running import REPO, environment, mini, run

LIGHT = '''
import sys

def test_nothing_heavy_was_imported():
    heavy = {"torch", "matplotlib", "pandas", "scipy", "h5py"}
    heavy |= {"harness.tasks.spins", "harness.task", "harness.suites.session", "harness.report"}
    assert not heavy & set(sys.modules), heavy & set(sys.modules)
'''
CONFTEST = '''
def pytest_addoption(parser):
    for name in ("--live", "--tier", "--subject", "--report-dir", "--allow-fallback"):
        parser.addoption(name, default="theirs")
'''


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--validate-against", "exakt"], "--validate-against 'exakt' is unknown: did you mean 'exact'? (known: "),
        (["--validate-against", "exact", "--subject", "exakt"], "subject 'exakt' is unknown"),
        (["--validate-against", "exact", "--subject", "no.module:here"], "no module named 'no'"),
        (["--validate-against", "exact", "--subject", "./nothing"], "there is no such file"),
        (["--validate-against", "exact", "--subject", "exact", "--tier", "daily"], "--tier 'daily' is unknown"),
        (["--validate-against", "exact", "--subject", "exact", "--case-limit-s", "0"], "positive number of seconds"),
        (["--validate-against", "spinach-matlab", "--subject", "exact"], "SPINACH_ROOT"),
    ],
)
def test_bad_input_is_status_4_and_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    ran = run(tmp_path, "--pyargs", "harness.suites", *arguments)
    assert ran.status == 4
    errors = [line for line in ran.out.splitlines() if line.startswith("ERROR: ")]
    assert len(errors) == 1
    assert words in errors[0]
    assert "Traceback" not in ran.out
    assert not ran.folder.exists()


def test_missing_spinach_says_what_to_do(tmp_path: Path) -> None:
    options = ("--validate-against", "spinach-matlab", "--subject", "exact")
    printed = run(tmp_path, "--pyargs", "harness.suites", *options).out
    for word in ("SPINACH_ROOT", "HARNESS_CACHE", "--allow-fallback", "not a validation against Spinach"):
        assert word in printed


def test_after_a_fallback_everything_says_so_first(tmp_path: Path) -> None:
    ran = run(
        tmp_path, "--pyargs", "harness.suites.accuracy", "-k", "alanine.gissmo-9.4T",
        "--validate-against", "spinach-matlab", "--subject", "exact", "--allow-fallback",
    )  # fmt: skip
    assert ran.status == 6, "what was asked for was not done, whatever stood in"
    warning = "NOT a validation against Spinach-matlab"
    assert ran.report.headline.startswith(warning)
    assert (ran.folder / "summary.md").read_text(encoding="utf-8").startswith(f"**{warning}")
    html = (ran.folder / "report.html").read_text(encoding="utf-8")
    assert html[html.index("<p class=\"headline\"") :].split(">", 1)[1].startswith(warning)
    assert {r.measurement.reference for r in ran.report.records} == {"exact"}


def test_a_file_in_the_way_of_the_report_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    ran = mini(tmp_path)
    assert ran.status == 4
    assert "--report-dir" in ran.out
    assert (tmp_path / "run").read_text(encoding="utf-8") == "mine"


def test_other_projects_keep_their_options_and_their_speed(tmp_path: Path) -> None:
    """The plugin is installed, a project has options of the same names, and nothing of the harness is imported."""
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    theirs = "\ndef test_option(request):\n    assert request.config.getoption('--tier') == 'theirs'\n"
    (tmp_path / "test_theirs.py").write_text(LIGHT + theirs, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", "-W", "error"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "spin-harness:" not in done.stdout
    assert not (tmp_path / "reports").exists()
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert collected.returncode == 0, collected.stdout
    assert "PARTIAL" not in collected.stdout


def test_values_of_options_are_no_folders_to_collect_from(tmp_path: Path) -> None:
    """The options exist before pytest looks for conftest.py files in whatever else stands on the command line."""
    (tmp_path / "exact").mkdir()
    (tmp_path / "exact" / "conftest.py").write_text("raise SystemExit('loaded by mistake')\n", encoding="utf-8")
    ran = mini(tmp_path, "-k", "good")
    assert ran.status == 6, ran.out
    assert "loaded by mistake" not in ran.out


def test_the_options_exist_before_any_other_plugin_reads_the_command_line(tmp_path: Path) -> None:
    """A plugin that was registered later would come first by pytest's own rule."""
    (tmp_path / "curious.py").write_text(
        "def pytest_load_initial_conftests(early_config):\n"
        "    seen = early_config.known_args_namespace\n"
        "    assert (seen.subject, seen.file_or_dir) == ('exact', ['test_mini.py'])\n",
        encoding="utf-8",
    )
    paths = os.pathsep.join([str(REPO), str(tmp_path)])
    ran = mini(tmp_path, "-k", "good", PYTEST_PLUGINS="curious", PYTHONPATH=paths)
    assert ran.status == 6, ran.out


@pytest.mark.parametrize("autoload", [True, False])
def test_pytest_harness_without_a_validation_collects_nothing(tmp_path: Path, autoload: bool) -> None:
    variables = {} if autoload else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "harness/"],
        cwd=REPO, env=environment(tmp_path, **variables), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 5, done.stdout
    assert "no tests ran" in done.stdout


def test_a_checkout_that_is_not_installed_registers_the_plugin_once(tmp_path: Path) -> None:
    """By harness/conftest.py alone; tests/suites/test_main_job.py has it and the entry point at once."""
    ran = run(
        tmp_path, "harness/suites/accuracy", "--validate-against", "exact", "--subject", "exact",
        "-k", "alanine.gissmo-9.4T", cwd=REPO, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )  # fmt: skip
    assert ran.status == 6, ran.out
    assert ran.out.count("spin-harness: exact") == 1


def test_help_shows_the_options_of_a_validation(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--validate-against", "spinach", "--help"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    for option in ("--subject", "--allow-fallback", "--live", "--tier", "--report-dir", "--case-limit-s"):
        assert option in done.stdout
