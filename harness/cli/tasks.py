"""``harness tasks``: what can be judged, against what, and whether it is installed."""

from __future__ import annotations

from typing import Any

import click

from harness.task_folders import folders

FIELDS = ("task", "question", "production", "subject", "suites", "extra", "missing", "install", "validate")


@click.command("tasks")
@click.argument("names", nargs=-1, metavar="[TASK]…", shell_complete=lambda c, p, start: _starting(start))
@click.option("--field", type=click.Choice(FIELDS), help="Print this of every task, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(names: tuple[str, ...], field: str | None, as_json: bool) -> None:
    """Every task, or those named: question, production code, default subject, and what is installed.

    Example: harness tasks --json
    """
    from harness.durable import json_text

    rows = [row_of(name) for name in names or folders()]
    if field:
        for row in rows:
            click.echo(_text(row[field]))
    elif as_json:
        click.echo(json_text(rows, 1))
    else:
        for row in rows:
            click.echo(f"{row['task']}: {row['question']}")
            click.echo(f"  production code  {row['production']}")
            click.echo(f"  default subject  {row['subject']}")
            click.echo(f"  suites           {_text(row['suites'])}")
            missing = f"missing: {_text(row['missing'])} -> {row['install']}"
            click.echo(f"  installed        {missing if row['missing'] else 'all packages'}")
            click.echo(f"  validate         {row['validate']}")


def row_of(name: str) -> dict[str, Any]:
    """The description of one task, as JSON values by the names of :data:`FIELDS`."""
    from harness.requirements import install_command
    from harness.task import missing_packages, task_named

    task = task_named(name)
    missing = missing_packages(task)
    return {
        "task": name,
        "question": task.question,
        "production": task.production,
        "subject": task.subject,
        "suites": sorted(task.suites),
        "extra": task.extra,
        "missing": missing,
        "install": install_command(task.extra) if missing else "",
        "validate": f"pytest harness/ --validate-against {task.production}",
    }


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _starting(start: str) -> list[str]:
    return [name for name in folders() if name.startswith(start)]
