"""``harness kstep curves``: the learning curves of transfer."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.values import OutFolder


@click.command("curves")
@click.option("--out", type=OutFolder(), required=True, help="Folder of curves.json, curves.csv and curves.png.")
@click.option("--work", type=OutFolder(), required=True, help="Folder of data and checkpoints; a killed run continues.")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="Repetitions.")
def command(out: Path, work: Path, seeds: int) -> None:
    """Learning curves: transfer from the force field against training from scratch, at 10, 30 and 100 % of the data.

    Example: harness kstep curves --out benchmarks/kstep-curves --work curves-work
    """
    from harness.tasks.kstep.curves import Plan, measure

    rows = measure(Plan(seeds=tuple(range(seeds))), out, work, lambda line: click.echo(line, err=True))
    click.echo(f"{out}: {len(rows)} measurements")
