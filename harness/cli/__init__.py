"""The command line: one module per verb, imported when it is called.

Verbs of a task are called after its name, ``harness <task> <verb>``; those of the default task also without it.
Exit status: 0 done, 1 a target is missed, 2 input cannot be used; see :mod:`harness.cli.ends` for the others.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module

import click

from harness.cli.ends import OutputClosed, ends
from harness.cli.names import Group
from harness.task_folders import DEFAULT, PACKAGE, folders, has

COMMON = {
    "compare": "Lay several subjects side by side.",
    "nightly": "Data, training, suites and report in one resumable run.",
    "tasks": "List what can be judged, against what, and what is installed.",
}


class LazyVerbs(Group):
    """Verbs whose modules are imported only when they run; ``homes`` are verb → (one line about it, its package)."""

    homes: Mapping[str, tuple[str, str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in alphabetical order."""
        return sorted(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The object ``command`` of the verb's module."""
        if cmd_name not in self.homes:
            return None
        return import_module(f"{self.homes[cmd_name][1]}.{cmd_name}").command

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise OutputClosed from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line per verb, without importing any."""
        write_verbs(formatter, "Verbs", self.homes)


class TaskVerbs(LazyVerbs):
    """The verbs of one task."""

    def __init__(self, task: str) -> None:
        super().__init__(task, help=example(task))
        self.homes = verbs_of(task)


class TopVerbs(LazyVerbs):
    """Common verbs, those of the default task, and one group for every task that has verbs."""

    @cached_property
    def homes(self) -> Mapping[str, tuple[str, str]]:  # type: ignore[override]
        """Common verbs and those of the default task."""
        return {**verbs_of(DEFAULT), **{verb: (words, __name__) for verb, words in COMMON.items()}}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, then the tasks that define verbs."""
        return [*super().list_commands(ctx), *_with_verbs()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A verb, or the group of a task."""
        return TaskVerbs(cmd_name) if cmd_name in _with_verbs() else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by what they work on: every task, one task, or the default task."""
        with formatter.section("Verbs for every task"):
            formatter.write_dl(sorted(COMMON.items()))
        with formatter.section("Verbs of one task"):
            formatter.write_dl([(task, about(task)) for task in _with_verbs()])
        write_verbs(formatter, f"Verbs of the task {DEFAULT}, which may be called without its name", verbs_of(DEFAULT))


def write_verbs(formatter: click.HelpFormatter, title: str, homes: Mapping[str, tuple[str, str]]) -> None:
    """One line per verb, in alphabetical order."""
    with formatter.section(title):
        formatter.write_dl([(verb, homes[verb][0]) for verb in sorted(homes)])


def verbs_of(task: str) -> dict[str, tuple[str, str]]:
    """Verb → (one line about it, its package) of one task, from its ``verbs.py``."""
    home = f"{PACKAGE}.{task}"
    return {verb: (words, f"{home}.cli") for verb, words in import_module(f"{home}.verbs").VERBS.items()}


def about(task: str) -> str:
    """One line about the verbs of a task."""
    return f"The verbs of the task {task}: harness {task} VERB."


def example(task: str) -> str:
    """The help of the group of a task, with the ``EXAMPLE`` of its ``verbs.py`` or the help of the first verb."""
    verbs = import_module(f"{PACKAGE}.{task}.verbs")
    line = getattr(verbs, "EXAMPLE", f"harness {task} {next(iter(verbs.VERBS))} --help")
    return f"{about(task)}\n\nExample: {line}"


def _with_verbs() -> list[str]:
    return [name for name, folder in folders().items() if has(folder, "verbs.py")]


@click.command(cls=TopVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spin-harness", prog_name="harness")
def cli() -> None:
    """May a fast surrogate be trusted in place of the production code?

    Example: harness tasks
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every early end gives one line on stderr and an exit status, never a traceback."""
    with ends() as end:
        end.status = cli.main(args=arguments, prog_name="harness", standalone_mode=False)
    sys.exit(end.status if isinstance(end.status, int) else 0)
