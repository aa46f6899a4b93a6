"""The beginning and the end of a run: options, the report folder, the header, and the path of the report."""

from __future__ import annotations

import secrets
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.options import add_run_options, add_switch, refuse_hidden
from harness.plugin.run import COMMON, PACKAGE, run_of

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun

HANDLER = pytest.StashKey[Any]()


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
    from harness.suites.run_options import SEEDS, RunOptions
    from harness.suites.session import ValidationRun

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


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of a distributed run the folder of the report."""
    if run := run_of(node.config):
        node.workerinput["harness_report"] = str(run.folder)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which backend was chosen, and why."""
    run = run_of(config)
    if run is None:
        return []
    from harness.suites.run_words import header

    return header(run)


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
