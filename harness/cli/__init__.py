"""The command line: one module per verb, imported when it is called.

Verbs of the default task stand at the top, those of another task below its name: ``harness <task> <verb>``. Exit
status: 0 done, 1 a target is missed, 2 input cannot be used; see :mod:`harness.cli.ends` for the others.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from harness.cli.ends import OutputClosed, ends
from harness.cli.names import Group
from harness.task import Verb, default_task, task_named, tasks

COMMON = {
    "compare": "Lay several subjects side by side.",
    "nightly": "Data, training, suites and report in one resumable run.",
    "tasks": "List the tasks: question, production code, default subject, what is installed.",
}


class LazyVerbs(Group):
    """Verbs whose modules are imported only when they run."""

    def verbs(self) -> Mapping[str, Verb]:
        """Every verb of this group."""
        raise NotImplementedError

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in alphabetical order."""
        return sorted(self.verbs())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The object ``command`` of the verb's module."""
        verb = self.verbs().get(cmd_name)
        return import_module(verb.module).command if verb else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise OutputClosed from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line per verb, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.words) for name, verb in sorted(self.verbs().items())])


class TaskVerbs(LazyVerbs):
    """The verbs of one task that is not the default one."""

    def __init__(self, task: str) -> None:
        super().__init__(task, help=task_named(task).question)
        self.task = task

    def verbs(self) -> Mapping[str, Verb]:
        """Those that the task hands in."""
        return task_named(self.task).verbs


class TopVerbs(LazyVerbs):
    """Common verbs, those of the default task, and one group for every other task that has verbs."""

    def verbs(self) -> Mapping[str, Verb]:
        """Common verbs and those of the default task."""
        return {**default_task().verbs, **{name: Verb(words, f"{__name__}.{name}") for name, words in COMMON.items()}}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, then the tasks that have verbs of their own."""
        return [*super().list_commands(ctx), *self._tasks()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A verb, or the group of a task."""
        return super().get_command(ctx, cmd_name) or (TaskVerbs(cmd_name) if cmd_name in self._tasks() else None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs, and the groups of other tasks."""
        super().format_commands(ctx, formatter)
        if others := self._tasks():
            with formatter.section("Verbs of other tasks"):
                formatter.write_dl([(f"{name} …", task_named(name).question) for name in others])

    def _tasks(self) -> list[str]:
        return [name for name in tasks() if name != default_task().name and task_named(name).verbs]


@click.command(cls=TopVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spin-harness", prog_name="harness")
def cli() -> None:
    """May a fast surrogate be trusted in place of the production code?

    Example: harness tasks
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; whatever ends it early is one line on stderr and an exit status, never a traceback."""
    with ends() as end:
        end.status = cli.main(args=arguments, prog_name="harness", standalone_mode=False)
    sys.exit(end.status if isinstance(end.status, int) else 0)
