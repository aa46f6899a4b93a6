"""The first steps: what the rules of make say and end with on a bare machine, and ``pytest`` before ``make test``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    ("status", "writes", "complete"),
    [(0, True, False), (1, True, True), (1, False, False), (2, True, False), (4, False, False)],
)
def test_missed_targets_are_distinguished_from_a_broken_run(
    tmp_path: Path, status: int, writes: bool, complete: bool
) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    program = tmp_path / "venv" / "bin" / "pytest"
    program.parent.mkdir(parents=True)
    report = "mkdir -p reports/new; echo page > reports/new/report.html" if writes else "true"
    program.write_text(f"#!/bin/sh\n{report}\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)
    (program.parent / "pip").touch()
    old = tmp_path / "reports" / "old" / "report.html"
    old.parent.mkdir(parents=True)
    old.touch()
    (tmp_path / "venv" / ".ready").touch()
    # These tests are run by make themselves: the inner one must not take itself for a part of it.
    outside = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        ["make", "validate", "VENV=venv"], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=outside
    )
    assert (done.returncode != 0) == (status != 0)
    assert f"Error {status}" in done.stderr or status == 0
    assert done.stdout.startswith("The run is complete; exit status 1 means that targets were missed") == complete
    assert len(done.stdout.splitlines()) == complete


TOOLS = ("make", "sh", "cat", "chmod", "env", "ls", "mkdir", "rm", "timeout", "touch", "true", "wc")
PYTHON = """#!/bin/sh
# Stands in for python3: makes an environment whose programs note how they were called.
[ "$1" = -c ] && exit 0
mkdir -p "$3/bin"
for name in pip pytest ruff pyright; do
  printf '#!/bin/sh\necho %s "$@" >> calls\n' "$name" > "$3/bin/$name"
  chmod +x "$3/bin/$name"
done
printf '#!/bin/sh\necho harness "$@" >> calls\necho the-code\n' > "$3/bin/harness"
chmod +x "$3/bin/harness"
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A clone on a machine that has make, the tools of a shell, and a python3: nothing else, and an empty HOME."""
    for name in ("bin", "home", "clone"):
        (tmp_path / name).mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    (tmp_path / "bin" / "python3").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "bin" / "python3").chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path / "clone")
    (tmp_path / "clone" / "pyproject.toml").touch()
    return tmp_path / "clone"


def make(folder: Path, *arguments: str, limit_s: float = 120) -> subprocess.CompletedProcess[str]:
    """make in a bare clone, with nothing of this machine's settings."""
    home = folder.parent
    return subprocess.run(
        [str(home / "bin" / "make"), *arguments], cwd=folder, capture_output=True, text=True, timeout=limit_s,
        env={"PATH": str(home / "bin"), "HOME": str(home / "home"), "LANG": "C.UTF-8"},
    )  # fmt: skip


def calls(folder: Path) -> list[str]:
    """What the programs of the environment were called with since the last time."""
    found = (folder / "calls").read_text(encoding="utf-8").splitlines()
    (folder / "calls").unlink()
    return found


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
BASE = "pip install --quiet --disable-pip-version-check -e ."
RULES = {"validate": "pytest harness/ --validate-against spinach", "test": "pytest tests/ -n auto", "lint": "pyright "}


@needs_make
@pytest.mark.parametrize("order", [("validate", "test"), ("test", "validate"), ("lint", "test", "validate")])
def test_the_rules_work_in_any_order_on_a_bare_machine(bare: Path, order: tuple[str, ...]) -> None:
    installed: list[str] = []
    for rule in order:
        done = make(bare, rule)
        assert done.returncode == 0, done.stderr
        shown = [line for line in done.stdout.splitlines() if line]
        assert all(line.startswith(("setting up .venv", "adding what", "missing: octave-cli")) for line in shown), shown
        assert done.stderr == ""
        made = calls(bare)
        installed += [line for line in made if line.startswith("pip ")]
        assert made[-1].startswith(RULES[rule])
    assert installed[0] == BASE
    assert len(installed) == 2, "each set-up is made once"
    assert installed[1].startswith(BASE + "[test,")


@needs_make
def test_another_task_is_installed_and_validated_against_its_production_code(bare: Path) -> None:
    other = bare / "harness" / "tasks" / "other"
    other.mkdir(parents=True)
    (other / "task.py").touch()
    for _ in range(2):
        done = make(bare, "validate", "TASK=other")
        assert done.returncode == 0, done.stderr
    assert calls(bare) == [
        BASE,
        f"{BASE}[other]",
        *["harness tasks other --field production", "pytest harness/ --validate-against the-code"] * 2,
    ]
    assert make(bare, "validate", "TASK=spins").returncode == 0
    assert calls(bare) == [RULES["validate"]]


@needs_make
def test_a_task_that_is_not_there_is_refused_before_anything_is_installed(bare: Path) -> None:
    make(bare, "validate")
    calls(bare)
    done = make(bare, "validate", "TASK=nothing")
    assert done.returncode == 2
    assert "missing: there is no task 'nothing' (known: " in done.stdout
    assert not (bare / "calls").exists()


@needs_make
@pytest.mark.parametrize("status", [1, 2, 4, 6])
@pytest.mark.parametrize("rule", ["validate", "test"])
def test_a_rule_ends_with_the_status_of_its_program_and_prints_no_shell(bare: Path, rule: str, status: int) -> None:
    make(bare, "test")
    (bare / ".venv" / "bin" / "pytest").write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    done = make(bare, rule)
    assert done.returncode == 2, "make's own"
    assert f"Error {status}" in done.stderr
    assert done.stdout == ""


WAITS = "import time\n\n\ndef test_waits():\n    time.sleep(600)\n\n\ndef test_is_quick():\n    pass\n"
DIES = """import os, pytest


@pytest.mark.parametrize("number", range(8))
def test_dies(number):
    if number == 3:
        os._exit(1)


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(3))
def test_dies_in_a_group(number):
    if number == 1:
        os._exit(1)
"""


@pytest.fixture
def real(bare: Path) -> Path:
    """The bare clone with the pytest of this environment, and an empty folder of tests."""
    make(bare, "test")
    program = f"#!/bin/sh\nexec '{sys.executable}' -m pytest -p no:cacheprovider -p no:spin_harness \"$@\"\n"
    (bare / ".venv" / "bin" / "pytest").write_text(program, encoding="utf-8")
    (bare / "tests").mkdir()
    return bare


@needs_make
def test_a_worker_that_dies_ends_the_run_and_fails_it(real: Path) -> None:
    """With the restarts that are the default of pytest-xdist this run never ends."""
    (real / "tests" / "test_it.py").write_text(DIES, encoding="utf-8")
    done = make(real, "test", "TEST_LIMIT_S=100")
    assert "Error 1" in done.stderr
    assert "crashed while running" in done.stdout
    assert "were stopped" not in done.stdout


@needs_make
def test_a_test_that_waits_fails_alone(real: Path) -> None:
    (real / "tests" / "test_it.py").write_text(WAITS, encoding="utf-8")
    done = make(real, "test", "TEST_LIMIT_S=100", "ONE_TEST_LIMIT_S=2")
    assert "Error 1" in done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "Timeout" in done.stdout


@needs_make
@pytest.mark.skipif(not shutil.which("timeout"), reason="timeout (coreutils) is not installed")
def test_all_tests_together_have_a_limit(real: Path) -> None:
    (real / "tests" / "test_it.py").write_text(WAITS, encoding="utf-8")
    done = make(real, "test", "TEST_LIMIT_S=5")
    assert "Error 124" in done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert last == "The tests were stopped: they had not ended after 5 s (TEST_LIMIT_S=...)."


def test_continuous_integration_runs_the_rules_and_lets_every_status_count() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert [line for line in lines if "make " in line and not line.startswith("#")] == [
        "make lint", "make test", "make validate",
    ]  # fmt: skip


def collected(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """``pytest --collect-only`` in the root of the checkout, in a process of its own."""
    retained = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments], cwd=ROOT, capture_output=True, text=True,
        env={**retained, "PYTHONPATH": os.pathsep.join([path, str(ROOT)])}, timeout=120,
    )  # fmt: skip


def test_marks_are_known_without_the_plugins_that_have_them() -> None:
    done = collected("-p", "no:xdist", "tests/plugin/test_run.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pytest_without_the_test_extras_says_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "hide.py").write_text(
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "def find_spec(name, package=None):\n"
        "    return None if name in ('hypothesis', 'xdist') else real(name, package)\n"
        "importlib.util.find_spec = find_spec\n",
        encoding="utf-8",
    )
    done = collected("-p", "hide", path=str(tmp_path))
    assert done.returncode == 4
    printed = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert printed == [
        "ERROR: the tests need hypothesis, xdist, which 'make validate' does not install: run 'make test', or "
        "pip install -e '.[test]' and pytest again"
    ]
