"""The pytest plugin: options, header, fixtures, and the report at the end.

Inactive unless ``--validate-against`` is given: then nothing is imported, only that option exists, and test runs
of other projects do not change. Registered once, by the entry point ``spin_harness`` or by ``harness/conftest.py``.
"""

from __future__ import annotations

import re
import secrets
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin_options import add_run_options, add_switch, refuse_hidden

if TYPE_CHECKING:
    from harness.subjects import Subject
    from harness.suites.session import RunOptions, ValidationRun
    from harness.suites.verdict import Verdict
    from harness.task import Resolution

VERDICT = pytest.StashKey["Verdict"]()
HANDLER = pytest.StashKey[Any]()
PACKAGE = Path(__file__).resolve().parent
COMMON, TASKS = PACKAGE / "suites", PACKAGE / "tasks"
CAPPED = pytest.StashKey[bool]()
PARTIAL = 6
"""Exit status of a run in which something that its tier plans was not judged; pytest itself uses 0 to 5."""
SHOWN = 5
"""Number of failed tests printed in the terminal if there are more: pytest's own list of 80 would hide the verdict."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option that activates the plugin."""
    add_switch(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Add the other options if the first is there, before anything else reads the command line."""
    if early_config.known_args_namespace.validate_against is not None:
        add_run_options(parser)
        from harness.moved import new_words

        args[:] = [new for word in args for new in new_words(word)]
        early_config.known_args_namespace = parser.parse_known_args(args, namespace=early_config.option)
        refuse_hidden(early_config, parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the markers always; start the run only if it is a validation."""
    config.addinivalue_line("markers", "tier(name): runs only in this tier and above (smoke, nightly, full)")
    requested = config.getoption("validate_against", None)
    if requested is None or config.option.help or config.option.version:
        return
    from harness.suites.active import RUN

    run = _new_run(config, requested)
    config.stash[RUN] = run
    _add_own_suites(config, run)
    worker = getattr(config, "workerinput", None)
    try:
        run.start(Path(worker["harness_report"]) if worker else None, writes=not config.option.collectonly)
    except ValueError as error:
        raise pytest.UsageError(" ".join(str(error).split())) from None
    if run.writes:
        if not getattr(config.option, "xmlpath", None):
            config.option.xmlpath = str(run.folder / "junit.xml")
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            config.stash[HANDLER] = signal.signal(signal.SIGTERM, _interrupt)


def _new_run(config: pytest.Config, requested: str) -> ValidationRun:
    from harness.suites.session import SEEDS, RunOptions, ValidationRun

    given = config.option
    try:
        if given.fresh_seed is None:
            given.fresh_seed = secrets.randbelow(SEEDS)  # in the options, so that workers of a distributed run have it
        options = RunOptions(
            requested, given.subject, given.allow_fallback, given.live, given.tier, given.report_dir,
            given.case_limit_s, given.fresh_seed,
        )  # fmt: skip
        words = tuple(str(word) for word in config.invocation_params.args)
        return ValidationRun(options, words, tuple(config.getini("addopts")))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def _add_own_suites(config: pytest.Config, run: ValidationRun) -> None:
    """Collect the task's own suites wherever all suites are selected: ``harness``, ``harness.suites``."""
    named = {"harness": PACKAGE, "harness.suites": COMMON} if config.option.pyargs else {}
    requested = {named.get(word) or (config.invocation_params.dir / word).resolve() for word in config.args}
    own = run.task.folder / "suites"
    covered = own in requested or (PACKAGE in requested and own.is_relative_to(PACKAGE))
    if requested & {PACKAGE, COMMON} and own.is_dir() and not covered:
        config.args.append(str(own))


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt("terminated")


def run_of(config: pytest.Config) -> ValidationRun | None:
    """The validation run of this pytest run; None, and nothing of the harness is imported, if this is no validation."""
    if config.getoption("validate_against", None) is None:
        return None
    from harness.suites import active

    return active.run_of(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of a distributed run the folder of the report."""
    if run := run_of(node.config):
        node.workerinput["harness_report"] = str(run.folder)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which backend was chosen, and why."""
    run = run_of(config)
    return run.header() if run else []


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
        _forget_junit(session.config, run)
        raise pytest.UsageError(run.nothing_selected())


def _forget_junit(config: pytest.Config, run: ValidationRun) -> None:
    """Do not write junit.xml into the folder of a run that does not take place."""
    from _pytest.junitxml import xml_key

    if (xml := config.stash.get(xml_key, None)) and Path(config.option.xmlpath).parent == run.folder:
        del config.stash[xml_key]
        config.pluginmanager.unregister(xml)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """The same for a distributed run."""
    if run := run_of(node.config):
        run.selected |= set(ids)


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
    return validation.task.plan_of(suite_name, validation.options.tier)


def suite_of(item: pytest.Item) -> str | None:
    """Name of the suite of a test as :func:`suite_name` gives it, None if there is none."""
    callspec, module = getattr(item, "callspec", None), getattr(item, "module", None)
    return (callspec.params if callspec else {}).get("suite_name") or getattr(module, "SUITE", None)


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


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """Write the report in every case; a run that did not judge all that its tier plans has not succeeded.

    Also if pytest itself cannot write its junit.xml: the numbers are in memory, and the last lines state them.
    """
    run = run_of(session.config)
    try:
        result = yield
    except OSError as error:
        if run is None or not run.writes:
            raise
        from harness.durable.system_errors import described

        result, run.unwritten = None, described(error, getattr(session.config.option, "xmlpath", None))
    _end(session, run)
    return result


def _end(session: pytest.Session, run: ValidationRun | None) -> None:
    if run is not None and run.writes and not run.selected and not session.testsfailed:
        _forget_junit(session.config, run)
        run.discard()
    elif run is not None and run.writes:
        _cap(session)
        run.finish()
        verdict = run.report().verdict
        if run.unwritten:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        elif session.exitstatus == pytest.ExitCode.OK and verdict != "pass":
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if verdict == "fail" else PARTIAL
    elif run is not None and session.config.option.collectonly and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = PARTIAL


def _cap(session: pytest.Session) -> None:
    """Where many tests failed, show their long reports only on the page and in junit.xml, unless they are requested.

    ``--tb`` and ``-r`` on the command line are obeyed; those of a configuration file are not meant for this run.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or len(reporter.stats.get("failed", ())) <= SHOWN:
        return
    if not any(str(word).startswith(("-r", "--tb")) for word in session.config.invocation_params.args):
        session.config.option.tbstyle = "no"
        reporter.reportchars = reporter.reportchars.replace("f", "")
        session.config.stash[CAPPED] = True


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The headline, the three worst cases, and the first of many failed tests."""
    run = run_of(config)
    if run is not None and run.discarded and getattr(config.option, "dist", "no") != "no":
        terminalreporter.write_line(run.nothing_selected())  # if one process collects, the error states it
    if run is not None and config.option.collectonly:
        terminalreporter.write_line("PARTIAL: nothing was judged, for --collect-only runs no test")
    if run is None or not run.writes or not run.selected:
        return
    from harness.report.tables import of_whom, stated, worst_cases

    terminalreporter.section("validation")
    if config.stash.get(CAPPED, False):
        failed = terminalreporter.stats["failed"]
        for report in failed[:SHOWN]:
            terminalreporter.write_line(f"FAILED {report.nodeid}")
            for line in report.longreprtext.splitlines()[1:3]:
                short = re.sub(r" \((ours|asked): .*", "", line.strip())
                terminalreporter.write_line(f"    {short}"[:200])
        more = len(failed) - SHOWN
        terminalreporter.write_line(f"… and {more} more failed tests: the report and junit.xml have them all")
    if run.later:
        terminalreporter.write_line(f"{len(run.later)} of the collected tests belong to a higher tier and did not run")
    terminalreporter.write_line(run.headline())
    if run.unwritten:
        terminalreporter.write_line(f"NO WHOLE REPORT: {run.unwritten}. These lines are all that is left of the run")
    for record in worst_cases(run.records, reference=run.truth.name):
        measured = record.measurement
        line_text = f"{measured.case}: {measured.metric} {stated(record)} ({of_whom(record, run.subject.name)})"
        terminalreporter.write_line(f"  {record.verdict:5} {line_text}")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Print the path of the report as the last line."""
    run = run_of(config)
    if config.stash.get(HANDLER, None) is not None:
        signal.signal(signal.SIGTERM, config.stash[HANDLER])
    if run is not None:
        run.release()
    if run is not None and run.writes and (run.folder / "report.html").is_file():
        sys.stdout.write(f"report: {run.folder / 'report.html'}\n")
        sys.stdout.flush()
