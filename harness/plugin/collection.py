"""Which tests belong to a run: the suites of its task, their cases, and the tests of its tier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.plugin.run import COMMON, TASKS, forget_junit, run_of, suite_of


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect suites only in a validation: common ones where its task has a plan, others only if they are its own."""
    if collection_path.parent.name not in ("suites", "tasks") and collection_path.name != "suites":
        return None
    path, run = collection_path.resolve(), run_of(config)
    if not path.is_dir():
        return None
    if path.parent == COMMON:
        return True if run is None or not run.plans_of(path.name) else None
    if path.parent == TASKS:
        return True if run is not None and path != run.task.folder else None
    if path.parent.parent == TASKS and path.name == "suites":
        return True if run is None else None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a common suite runs with every plan of the suite that the task of the run has for its tier.

    A test with the parameter ``case_id`` runs with every case of these plans that can be compared in this run.
    """
    file = metafunc.definition.path.resolve()
    if "suite_name" not in metafunc.fixturenames or file.parent.parent != COMMON:
        return
    run = run_of(metafunc.config)
    suites = run.plans_of(file.parent.name) if run else []
    if "case_id" not in metafunc.fixturenames:
        metafunc.parametrize("suite_name", suites, indirect=True, scope="module")
        return
    pairs = [(suite, case) for suite in suites for case in run.case_ids(suite)] if run else []
    ids = ["-".join(pair) for pair in pairs]
    metafunc.parametrize(("suite_name", "case_id"), pairs, ids=ids, indirect=["suite_name"], scope="module")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to a higher tier; refuse suites of another task that were named individually.

    ``-k test_<suite>`` finds the tests of every suite, as in version 0.1, where each suite was a module of this name.
    """
    run = run_of(config)
    if run is None:
        return
    for item in items:
        item.extra_keyword_matches.add(f"test_{suite_of(item)}")
        if (other := _task_of_file(item.path)) not in ("", run.task.name):
            raise pytest.UsageError(
                f"{item.path} is a suite of the task {other}, and --validate-against "
                f"{run.options.validate_against} is the task {run.task.name}: leave the file out"
            )
    marked = [(item, item.get_closest_marker("tier")) for item in items]
    later = [item for item, mark in marked if mark is not None and not run.options.includes(mark.args[0])]
    if later:
        run.later |= {item.nodeid for item in later}
        items[:] = [item for item in items if item.nodeid not in run.later]
        config.hook.pytest_deselected(items=later)


def _task_of_file(path: Path) -> str:
    """Name of the task to whose own suites a file belongs, "" if there is no such task."""
    inside = path.resolve().parts[len(TASKS.parts) :] if path.resolve().is_relative_to(TASKS) else ()
    return inside[0] if inside else ""


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count what -k, -m or --deselect left out, for the headline. Tests of a higher tier are not counted."""
    if items and (run := run_of(items[0].config)):
        run.deselected += sum(item.nodeid not in run.later for item in items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Store what has to run for the report to be complete; if there is nothing to run, say so and end."""
    run = run_of(session.config)
    if run is None:
        return
    run.selected |= {item.nodeid for item in session.items}
    distributed = getattr(session.config.option, "dist", "no") != "no"
    if run.writes and not run.selected and not session.testsfailed and not distributed:
        forget_junit(session.config, run)
        from harness.suites.run_words import nothing_selected

        raise pytest.UsageError(nothing_selected(run))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """The same for a distributed run."""
    if run := run_of(node.config):
        run.selected |= set(ids)
