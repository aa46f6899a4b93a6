"""``harness tddft convert``: a stored trajectory in another format."""

from __future__ import annotations

from pathlib import Path

import click

ENDINGS = (".csv", ".json", ".png", ".h5")


@click.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A .csv, .json, .png or .h5.")
def command(file: Path, out: Path) -> None:
    """Read a trajectory of 'simulate --out FILE.h5' or of 'dataset', check it, and write it in another format.

    \b
    harness tddft convert my_h2o.h5 --out my_h2o.csv
    """
    from harness.errors import InputError
    from harness.tasks.tddft.cli.output import write
    from harness.tasks.tddft.dataset import read_trajectory
    from harness.tasks.tddft.trajectory import answer_of

    if out.suffix not in ENDINGS:
        raise InputError(f"--out {out}: the ending must be one of {', '.join(ENDINGS)}")
    stored = read_trajectory(file)
    write(out, stored.system, answer_of(stored.evolution, str(stored.about["propagator"])))
    click.echo(f"{out}: {stored.system.name}, {stored.evolution.grid.points} samples", err=True)
