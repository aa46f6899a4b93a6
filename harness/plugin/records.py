"""The fixtures of the tests of suites, and the way of their records to the process that writes the report."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.run import PACKAGE, run_of, suite_of

if TYPE_CHECKING:
    from harness.subjects import Subject
    from harness.suites.run_options import RunOptions
    from harness.suites.session import ValidationRun
    from harness.suites.verdict import Verdict
    from harness.task import Resolution

VERDICT = pytest.StashKey["Verdict"]()


@pytest.fixture(scope="session")
def validation(request: pytest.FixtureRequest) -> ValidationRun:
    """The run itself; skips if this is no validation."""
    run = run_of(request.config)
    if run is None:
        pytest.skip("no validation was requested: add --validate-against and a production code (harness tasks)")
    return run


@pytest.fixture(scope="session")
def subject(validation: ValidationRun) -> Iterator[Subject]:
    """The subject of the run."""
    yield validation.subject
    validation.subject.close()


@pytest.fixture(scope="session")
def truth(validation: ValidationRun) -> Resolution:
    """What computes the answers of the reference."""
    return validation.truth


@pytest.fixture(scope="session")
def run_options(validation: ValidationRun) -> RunOptions:
    """Tier and the other options."""
    return validation.options


@pytest.fixture(scope="module")
def suite_name(request: pytest.FixtureRequest) -> str:
    """The name of the suite in records: the key of the plan of a common suite, else ``SUITE`` of the module."""
    return request.param if hasattr(request, "param") else request.module.SUITE


@pytest.fixture(scope="module")
def plan(suite_name: str, validation: ValidationRun) -> Any:
    """The plan that a test of a common suite carries out."""
    return validation.plan_of(suite_name)


def _module_name(file: Path, run: ValidationRun) -> str:
    """Dotted name of a module of the harness or of the task, "" for any other: the file decides if a test is ours."""
    file = file.resolve()
    inside = ("harness", "tasks", run.task.name)
    for root, package in ((PACKAGE, inside[:1]), (run.task.folder, inside)):
        if file.is_relative_to(root):
            return ".".join((*package, *file.relative_to(root).with_suffix("").parts))
    return ""


def _verdict_of(item: pytest.Item, module: Any, suite: str, run: ValidationRun) -> Verdict:
    from harness.suites.verdict import Verdict

    name, file = item.nodeid.partition("::")[2], Path(module.__file__).resolve()
    module_name = _module_name(file, run) or re.sub(r"^harness\.", "not-harness.", module.__name__)
    outside = file.is_relative_to(run.task.folder) and not file.is_relative_to(PACKAGE)
    command = run.command(str(file) if outside else module.__name__, name)
    return Verdict(run.suite(suite, file), f"{module_name}::{name}", command, run.folder)


@pytest.fixture
def verdict(request: pytest.FixtureRequest, suite_name: str, validation: ValidationRun) -> Verdict:
    """Judges and records; the test fails at its end if any number misses its target."""
    made = _verdict_of(request.node, request.module, suite_name, validation)
    request.node.stash[VERDICT] = made
    return made


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Fail a test whose numbers miss their targets, with a report instead of a traceback."""
    result = yield
    verdict = pyfuncitem.stash.get(VERDICT, None)
    if verdict is not None and verdict.unmet:
        pytest.fail(verdict.report(), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the records with the test report (it may come from another process)."""
    report = yield
    verdict = item.stash.get(VERDICT, None)
    if call.when != "call" and report.failed and call.excinfo is not None and (run := run_of(item.config)):
        # A test that breaks outside its body must leave a record, or the report would not contain it.
        module, suite = getattr(item, "module", None), suite_of(item)
        if suite is not None:
            broken = _verdict_of(item, module, suite, run)
            broken.error(f"the test's {call.when} raised {call.excinfo.exconly(tryshort=True)}"[:400])
            report.harness_records = broken.payload()  # type: ignore[attr-defined]
    if verdict is not None and call.when == "call":
        if report.failed and not verdict.unmet and call.excinfo is not None:
            verdict.error(f"the test raised {call.excinfo.exconly(tryshort=True)}"[:400])
        report.harness_records = verdict.payload()  # type: ignore[attr-defined]
    return report


class Collector:
    """Takes the records of every test report in the process that writes the report."""

    def __init__(self, run: ValidationRun) -> None:
        self.run = run

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Number the records; a test is finished when it was called, skipped or could not be set up."""
        self.run.add(report.nodeid, getattr(report, "harness_records", ()))
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self.run.finished.add(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start taking records."""
    run = run_of(session.config)
    if run is not None and run.writes:
        session.config.pluginmanager.register(Collector(run), "spin_harness_collector")
