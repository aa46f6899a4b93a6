"""``harness kstep integrate``: an integrator on live forces."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import COUNT_FROM_ONE, SEED, Span
from harness.tasks.kstep.cli.options import CHARGE, GEOMETRY, MOLECULE, TEMPERATURE
from harness.tasks.kstep.methods import METHODS


@click.command("integrate")
@MOLECULE
@click.option("--method", type=Name(tuple(METHODS)), default="kernel", show_default=True, help="The integrator.")
@click.option("--k", type=int, default=8, show_default=True, help="Base steps of 0.25 fs in one macro step.")
@click.option("--dt-fs", type=Span("femtoseconds"), default=0.25, show_default=True, help="Base step in fs.")
@click.option("--steps", type=COUNT_FROM_ONE, default=500, show_default=True, help="Macro steps.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the thermal start.")
@CHARGE
@GEOMETRY
@click.option("--weights", type=click.Path(path_type=Path), help="Weights of the method.  [default: the packaged ones]")
@click.option("--out", type=click.Path(path_type=Path), help="An .xyz (Å, with velocities) or .csv file.")
def command(
    what: str,
    method: str,
    k: int,
    dt_fs: float,
    steps: int,
    temperature_k: float,
    seed: int,
    charge: int | None,
    geometry: Path | None,
    weights: Path | None,
    out: Path | None,
) -> None:
    """Run an integrator on live GFN2-xTB forces from a thermal start, and print its drift and its calls.

    Example: harness kstep integrate ethanol --k 8 --steps 500
    """
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.references import resolve
    from harness.tasks.kstep.report import integrated
    from harness.tasks.kstep.steps import Step
    from harness.tasks.kstep.write import check_out, write_path

    if out is not None:
        check_out(out)
    step = Step(k, dt_fs * 1e-3)
    found = resolve()
    molecule = find(what, charge)
    path, lines = integrated(found, molecule, method, step, steps, temperature_k, seed, weights, geometry)
    for line in lines:
        click.echo(line, err=True)
    write_path(path, molecule, out)
    if path.fault:
        click.get_current_context().exit(1)
