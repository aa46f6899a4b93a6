"""``harness tddft simulate``: one system, one method, one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.tasks.tddft.cli.options import system_of, system_options

ENDINGS = (".csv", ".json", ".png", ".h5")


@click.command("simulate")
@system_options
@click.option("--method", default="cfm4", show_default=True, help="A propagator, surrogate or baseline, or nwchem.")
@click.option("--horizon-au", type=float, default=50.0, show_default=True, help="Time of the last sample.")
@click.option("--dt-au", type=float, default=0.1, show_default=True, help="Distance of samples, at most 0.4.")
@click.option("--live", is_flag=True, help="nwchem: run it, whatever the cache holds.")
@click.option("--allow-fallback", is_flag=True, help="nwchem: our own propagator where NWChem is missing.")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="nwchem: your folder of answers.")
@click.option("--out", type=click.Path(path_type=Path), help="A .csv, .json, .png or .h5.  [default: CSV on stdout]")
def command(
    method: str,
    horizon_au: float,
    dt_au: float,
    live: bool,
    allow_fallback: bool,
    cache_dir: Path | None,
    out: Path | None,
    **options: Any,
) -> None:
    """Propagate a molecule from its ground state: dipole moment, and where the method has it the energy.

    With --method nwchem the samples are one step of NWChem each; a kick becomes its field "delta" of the same impulse.

    \b
    harness tddft simulate h2o --kick 0.001 --out h2o.csv
    harness tddft simulate h2o --functional lda --pulse 0.02 0.4336 --method kernel --out pulse.png
    """
    from harness.tasks.tddft.cli.output import csv_text, write
    from harness.tasks.tddft.grid import AtomicTimeGrid

    if out is not None and out.suffix not in ENDINGS:
        from harness.errors import InputError

        raise InputError(f"--out {out}: the ending must be one of {', '.join(ENDINGS)}")
    system = system_of(**options)
    rule = "em" if method in ("nwchem", "em") else "cfm4"
    grid = AtomicTimeGrid.until(horizon_au, dt_au, rule=rule)
    if method == "nwchem":
        answer = _by_nwchem(system, grid, live, allow_fallback, cache_dir)
    else:
        from harness.tasks.tddft.models.registry import load_subject

        answer = load_subject(method).answer(system, grid)
    if out is None:
        click.echo(csv_text(answer), nl=False)
    else:
        write(out, system, answer)
        by = answer.provenance
        click.echo(
            f"{out}: {system.name}, {grid.points} samples of {grid.dt_au:g} au, by {by.method} {by.version}", err=True
        )
    if "remark" in answer.provenance.details:
        click.echo(answer.provenance.details["remark"], err=True)


def _by_nwchem(system: Any, grid: Any, live: bool, allow_fallback: bool, cache_dir: Path | None) -> Any:
    from harness.tasks.tddft.fields import Kick
    from harness.tasks.tddft.nwchem.ladder import Answers
    from harness.tasks.tddft.nwchem.request import Request, delta_for

    if isinstance(system.field, Kick):
        system = system.under(delta_for(system.field, grid.dt_au))
    return Answers.open(cache_dir, live, allow_fallback).answer(Request(system, grid))
