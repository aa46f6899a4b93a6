"""``harness tddft train``: a model from a folder of trajectories."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("train")
@click.argument("model", type=click.Choice(["ridge", "kernel+quad", "geometry"]))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of 'harness tddft dataset'; not for geometry.")
@click.option("--molecule", help="geometry: h2, lih or h2o.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="geometry: of the random geometries."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The weights, a .safetensors.")
def command(model: str, data: Path | None, molecule: str | None, seed: int, out: Path) -> None:
    """Train a model of the Fock matrix; the same data give the same weights.

    \b
    harness tddft train kernel+quad --data my_data --out my_model.safetensors
    harness tddft train geometry --molecule h2 --out my_h2.safetensors
    """
    from harness.errors import InputError
    from harness.tasks.tddft.training import train_fock_model, train_geometry

    if out.suffix != ".safetensors":
        raise InputError(f"--out {out}: the ending must be .safetensors")
    if model == "geometry":
        if molecule is None:
            raise InputError("--molecule is missing: name h2, lih or h2o")
        train_geometry(molecule, out, seed)
    else:
        if data is None:
            raise InputError("--data is missing: name a folder of 'harness tddft dataset'")
        train_fock_model(model, data, out)
    click.echo(f"{out}: {model}, {out.stat().st_size / 1024:.0f} kB, record in {out.with_suffix('.json')}", err=True)
