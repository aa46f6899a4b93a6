"""The options of the pytest plugin. Every pytest run imports this module, so its import must take almost no time."""

from __future__ import annotations

import pytest

GROUP = "spin-harness"
IDLE = {
    "help": "--help",
    "version": "--version",
    "collectonly": "--collect-only",
    "markers": "--markers",
    "showfixtures": "--fixtures",
    "show_fixtures_per_test": "--fixtures-per-test",
    "setuponly": "--setup-only",
    "setupplan": "--setup-plan",
}
"""Options of pytest with which it ends with status 0 although no test has run."""


def add_switch(parser: pytest.Parser) -> None:
    """Add the option that activates the plugin."""
    parser.getgroup(GROUP, "validation of surrogates of dynamics").addoption(
        "--validate-against",
        metavar="REFERENCE",
        default=None,
        help="validate a surrogate against this production code or method, which says the task (harness tasks lists "
        "them); brings the options --subject, --allow-fallback, --live, --tier, --report-dir, --case-limit-s, "
        "--fresh-seed (pytest --validate-against REFERENCE --help)",
    )


def add_run_options(parser: pytest.Parser) -> None:
    """The options of a validation run. They are common words, so they exist only if a run was requested."""
    group = parser.getgroup(GROUP)
    group.addoption(
        "--subject",
        default="",
        metavar="NAME",
        help=f"whom to validate: a surrogate or method, package.module:object, or ./program (default: {_defaults()})",
    )
    group.addoption(
        "--allow-fallback",
        action="store_true",
        help="without the production code, compare with a method that stands in; the report says that it is no "
        "validation against the production code",
    )
    group.addoption(
        "--live", action="store_true", help="compute what the production code says anew instead of using the cache"
    )
    group.addoption("--tier", default="smoke", metavar="TIER", help="smoke (default), nightly or full")
    group.addoption(
        "--report-dir", default=None, metavar="DIR", help="folder of this run's report (default: reports/<run>)"
    )
    group.addoption(
        "--case-limit-s",
        default=120.0,
        type=float,
        metavar="S",
        help="seconds a foreign subject may take per system before it is stopped (default: 120)",
    )
    group.addoption(
        "--fresh-seed",
        default=None,
        type=int,
        metavar="N",
        help="draw the systems that no cache holds from this seed (default: a new one in every run; it is recorded)",
    )


def _defaults() -> str:
    """Default subject and task of every production code, for the help."""
    from harness.errors import InputError
    from harness.task import task_named, tasks

    try:
        every = [task_named(name) for name in tasks()]
    except InputError as error:
        raise pytest.UsageError(str(error)) from None
    return ", ".join(f"{task.subject} of task {task.name} against {task.production}" for task in every)


def refuse_hidden(config: pytest.Config, parser: pytest.Parser) -> None:
    """Refuse options that prevent every test from running, unless they are given on the command line itself."""
    typed = parser.parse_known_args([str(word) for word in config.invocation_params.args])
    for name, option in IDLE.items():
        if getattr(config.known_args_namespace, name, None) and not getattr(typed, name, None):
            raise pytest.UsageError(
                f"{option} comes from PYTEST_ADDOPTS or an ini file, and no test would run: remove it there"
            )
