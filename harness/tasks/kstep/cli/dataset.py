"""``harness kstep dataset``: trajectories to train on."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import COUNT_FROM_ONE, SEED, OutFolder
from harness.tasks.kstep.cli.options import TEMPERATURE
from harness.tasks.kstep.forces import INNER


@click.command("dataset")
@click.argument("molecules", metavar="MOLECULE...", nargs=-1, required=True)
@click.option("--out", type=OutFolder(), required=True, help="Folder of the data set.")
@click.option("--force", type=Name(("xtb", *INNER)), default="xtb", show_default=True, help="Force of the dynamics.")
@click.option(
    "--trajectories", type=COUNT_FROM_ONE, default=4, show_default=True, help="Trajectories of each molecule."
)
@click.option("--steps", type=click.IntRange(1, 10**7), default=4000, show_default=True, help="Base steps of each.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the starts.")
def command(
    molecules: tuple[str, ...], out: Path, force: str, trajectories: int, steps: int, temperature_k: float, seed: int
) -> None:
    """Generate constant-energy trajectories with every base step, resumably: one file for each.

    Example: harness kstep dataset methanol --force mmff --out mm-data
    """
    from harness.tasks.kstep.data import Job, generate

    job = Job(molecules, trajectories, steps, temperature_k=temperature_k, force=force, seed=seed)
    files = generate(job, out, lambda line: click.echo(line, err=True))
    click.echo(f"{out}: {len(files)} trajectories of {steps} steps")
