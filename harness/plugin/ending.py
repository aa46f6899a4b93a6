"""The end of a run: the report, the exit status, and the last lines in the terminal."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.run import PARTIAL, forget_junit, run_of

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun

CAPPED = pytest.StashKey[bool]()
SHOWN = 5
"""Number of failed tests printed in the terminal if there are more: pytest's own list of 80 would hide the verdict."""


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
        forget_junit(session.config, run)
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
        from harness.suites.run_words import nothing_selected

        terminalreporter.write_line(nothing_selected(run))  # if one process collects, the error states it
    if run is not None and config.option.collectonly:
        terminalreporter.write_line("PARTIAL: nothing was judged, for --collect-only runs no test")
    if run is None or not run.writes or not run.selected:
        return
    from harness.report.tables import of_whom, stated, worst_cases
    from harness.suites.run_words import headline

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
    terminalreporter.write_line(headline(run))
    if run.unwritten:
        terminalreporter.write_line(f"NO WHOLE REPORT: {run.unwritten}. These lines are all that is left of the run")
    for record in worst_cases(run.records, reference=run.truth.name):
        measured = record.measurement
        line_text = f"{measured.case}: {measured.metric} {stated(record)} ({of_whom(record, run.subject.name)})"
        terminalreporter.write_line(f"  {record.verdict:5} {line_text}")
