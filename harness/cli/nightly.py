"""``harness nightly``: data, training if requested, suites and report in one resumable run."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.complete import complete_method, complete_model, complete_subject
from harness.cli.values import COUNT_FROM_ONE, FOLDER, HOURS, SECONDS, SEED


@click.command("nightly")
@click.option(
    "--validate-against", default="", metavar="REFERENCE", shell_complete=complete_method,
    help="Whom to believe, which says the task.  [default: the production code of the default task]",
)  # fmt: skip
@click.option(
    "--subject", default="", metavar="NAME", shell_complete=complete_subject,
    help="Whom to validate.  [default: the model of --train, else that of the task]",
)  # fmt: skip
@click.option(
    "--tier", type=click.Choice(["smoke", "nightly", "full"]), default="nightly", show_default=True,
    help="How much is judged: about 2 minutes, an hour, or everything.",
)  # fmt: skip
@click.option(
    "--allow-fallback", is_flag=True,
    help="Without the production code, compare with a method that stands in; the report says so.",
)  # fmt: skip
@click.option("--live", is_flag=True, help="Compute what the production code says anew instead of using the cache.")
@click.option("--build-cache", is_flag=True, help="First compute what the cache lacks (needs the production code).")
@click.option("--train", default="", metavar="MODEL", shell_complete=complete_model, help="First train this model.")
@click.option("--preset", default="brief", show_default=True, help="Preset of the training, or a TOML file.")
@click.option("--epochs", type=COUNT_FROM_ONE, help="Another number of epochs than the preset's.")
@click.option("--select", default="", metavar="EXPRESSION", help="Only these tests, as pytest -k.")
@click.option("--case-limit-s", type=SECONDS, default=120.0, show_default=True, help="Of a foreign subject per system.")
@click.option("--fresh-seed", type=SEED, help="Seed of the systems drawn for this run alone.  [default: a new one]")
@click.option("--limit-h", type=HOURS, default=12.0, show_default=True, help="Hours that one phase may take.")
@click.option(
    "--reports-dir", type=FOLDER, default=Path("reports"), show_default=True,
    help="Reports, history and index.html.",
)  # fmt: skip
@click.option(
    "--work-dir", type=FOLDER, default=Path("runs/nightly"), show_default=True,
    help="Lock, log and state of unfinished runs.",
)  # fmt: skip
@click.option("--restart", is_flag=True, help="Abandon an unfinished run and begin anew.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON instead of one line.")
def command(
    reports_dir: Path, work_dir: Path, restart: bool, as_json: bool, **requested: str | bool | float | int | None
) -> int:
    """Data, training (if requested), suites, report and history, in one run that a kill cannot hurt.

    The same command takes up an unfinished run where it was. Prints one line; exit status 0: all targets met,
    1: targets missed, 2: could not run, 6: something that the tier plans was not judged.

    \b
    Example: harness nightly --tier smoke --reports-dir reports
    """
    from harness.cli.bar import Bar
    from harness.durable import json_text
    from harness.nightly import NightlyOptions, nightly

    options = NightlyOptions(**requested)  # type: ignore[arg-type]
    with Bar("nightly") as bar:
        outcome = nightly(
            options, work_dir, reports_dir, restart, lambda phase, part, text: bar.show(part, text, f"nightly: {phase}")
        )
    click.echo(json_text(dict(outcome.facts), 2) if as_json else outcome.line)
    return outcome.status
