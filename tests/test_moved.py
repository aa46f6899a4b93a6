"""Import paths and commands of version 0.1 lead to where the code is now."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.moved import MOVED, PACKAGE, new_name, new_words


@pytest.mark.parametrize("old", [name for name in MOVED if name != "harness.bridge"])
def test_an_old_name_finds_the_file_of_the_new_module(old: str) -> None:
    found, expected = find_spec(old), find_spec(new_name(old))
    assert found is not None
    assert expected is not None
    assert found.origin == expected.origin


def test_an_old_name_gives_the_very_module_so_that_no_class_exists_twice() -> None:
    for old in ("harness.spins.system", "harness.references", "harness.suites.measure.intervals"):
        module = import_module(old)
        assert module is import_module(new_name(old))
        assert module.__name__ == new_name(old)
        assert module.__spec__ is not None
        assert module.__spec__.name == new_name(old)


def test_names_of_a_package_that_has_stayed_are_found_where_they_are_now() -> None:
    import harness.bridge
    from harness.tasks.spins import spinach

    assert harness.bridge.MoleculeRequest is spinach.MoleculeRequest
    with pytest.raises(AttributeError, match="no_such_name"):
        harness.bridge.no_such_name  # noqa: B018


def test_what_has_not_moved_is_found_by_its_own_name() -> None:
    assert new_name("harness.errors") == ""
    assert import_module("harness.errors").__name__ == "harness.errors"
    with pytest.raises(ModuleNotFoundError):
        import_module("harness.spins.no_such_module")


def test_python_m_runs_a_module_by_its_old_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.surrogates.spin_graph.domain_test", "--help"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("harness.suites.test_ood::test_regimes", "test_populations[ood]"),
        ("harness.suites.test_uncertainty::test_control[std doubled-std_gap]", "test_controls[uncertainty]"),
        ("harness.suites.test_scaling::test_error_and_cost", "test_error_and_cost[scaling]"),
        ("harness.suites.test_spinach::test_chain[chain-4-draw-1]", "test_case[spinach-chain-4-draw-1]"),
        ("harness.suites.test_spinach::test_sources", "test_sources"),
        ("harness.suites.test_spinach::test_control[pair-product]", "test_controls[spinach]"),
        ("harness.tasks.spins.suites.test_relaxation::test_subject", "test_subject"),
    ],
)
def test_pytest_finds_a_test_by_its_old_name(old: str, new: str, tmp_path: Path) -> None:
    """The command that a report of version 0.1 gives for the repetition of one number."""
    words = ["--pyargs", old, "--validate-against", "spinach", "--collect-only"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert f"<Function {new}>" in done.stdout, done.stdout + done.stderr


def test_pytest_finds_a_suite_by_its_old_name(tmp_path: Path) -> None:
    """The command that a report of version 0.1 gives for the repetition of a test."""
    words = ["--pyargs", "harness.suites.test_conservation", "--validate-against", "exact", "--collect-only"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "test_states[conservation]" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("harness/tasks/spins/suites/test_topology.py", ["tasks/spins/suites/topology/test_topology.py"]),
        ("harness/suites/test_spinach.py", ["suites/accuracy", "tasks/spins/suites/spinach"]),
        ("harness/suites/test_ood.py::test_regimes", ["suites/ood/test_ood.py::test_populations"]),
    ],
)
def test_the_path_of_a_file_that_has_moved_is_the_path_of_today(word: str, places: list[str]) -> None:
    assert new_words(word) == [f"{PACKAGE}/{place}" for place in places]


@pytest.mark.parametrize("word", ["--subject", "harness/", "my/harness/test_x.py", "harness.suites.ood", "exact", ""])
def test_other_words_stay_as_they_are(word: str) -> None:
    assert new_words(word) == [word]


@pytest.mark.parametrize("name", ["harness.suites.test_spinach", "harness.tasks.spins.suites.test_spinach"])
def test_a_module_whose_tests_lie_in_two_places_is_both(name: str) -> None:
    assert new_words(name) == ["harness.suites.accuracy", "harness.tasks.spins.suites.spinach"]
