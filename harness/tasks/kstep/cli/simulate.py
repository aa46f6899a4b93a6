"""``harness kstep simulate``: a reference trajectory."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.values import SEED
from harness.tasks.kstep.cli.options import CHARGE, GEOMETRY, MOLECULE, TEMPERATURE


@click.command("simulate")
@MOLECULE
@click.option("--length-fs", type=click.IntRange(1, 10**6), default=200, show_default=True, help="Length in fs.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the thermal start.")
@CHARGE
@GEOMETRY
@click.option("--live", is_flag=True, help="Do not use cached answers.")
@click.option("--out", type=click.Path(path_type=Path), help="An .xyz (Å, with velocities) or .csv file.")
def command(
    what: str,
    length_fs: int,
    temperature_k: float,
    seed: int,
    charge: int | None,
    geometry: Path | None,
    live: bool,
    out: Path | None,
) -> None:
    """The reference trajectory: velocity Verlet of 0.25 fs on GFN2-xTB from a thermal start, a frame every fs.

    Example: harness kstep simulate ethanol --length-fs 200 --out ethanol.xyz
    """
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.read import with_geometry
    from harness.tasks.kstep.references import reference_path, resolve, start_state
    from harness.tasks.kstep.write import check_out, write_path

    if out is not None:
        check_out(out)
    found = resolve(live=live)
    molecule = find(what, charge)
    start = start_state(found, with_geometry(molecule, geometry), temperature_k, seed)
    path = reference_path(found, molecule, start, length_fs)
    click.echo(found.line(), err=True)
    write_path(path, molecule, out)
