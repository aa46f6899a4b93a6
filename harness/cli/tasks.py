"""``harness tasks``: what can be judged, against what, and whether it is installed."""

from __future__ import annotations

import click


@click.command("tasks")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(as_json: bool) -> None:
    """Every task with its question, production code, default subject, and what is installed.

    Example: harness tasks --json
    """
    from harness.durable import json_text
    from harness.requirements import install_command
    from harness.task import missing_packages, task_named, tasks

    rows = []
    for name in tasks():
        task = task_named(name)
        missing = missing_packages(task)
        rows.append(
            {
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
        )
    if as_json:
        click.echo(json_text(rows, 1))
        return
    for row in rows:
        click.echo(f"{row['task']}: {row['question']}")
        click.echo(f"  production code  {row['production']}")
        click.echo(f"  default subject  {row['subject']}")
        click.echo(f"  suites           {', '.join(row['suites'])}")
        state = f"missing: {', '.join(row['missing'])} -> {row['install']}" if row["missing"] else "all packages"
        click.echo(f"  installed        {state}")
        click.echo(f"  validate         {row['validate']}")
