"""``harness tddft train``: a model from a folder of trajectories."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.tasks.tddft.models.learned.stages import Stage, in_words

UNTRAINED = ("kernel", "kernel+quad", "anchored")
LEARNED = {"learned-generator": "generator", "learned-density": "density"}


@click.command("train")
@click.argument("model", type=click.Choice(["ridge", "geometry", *LEARNED, *UNTRAINED]))
@click.option(
    "--data", "folders", type=click.Path(path_type=Path), multiple=True,
    help="Folder of 'harness tddft dataset' (learned-…: repeat for several); not for geometry.",
)  # fmt: skip
@click.option("--molecule", help="geometry: h2, lih or h2o.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of geometries, or of the network.")
@click.option(
    "--stage", "stages", nargs=2, type=click.IntRange(1), multiple=True, metavar="STEPS EPOCHS",
    help="learned-…: windows of so many steps, so many passes (repeat); linear: the interaction alone.  "
    f"[default: {in_words()}]",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The weights, a .safetensors.")
def command(
    model: str,
    folders: tuple[Path, ...],
    molecule: str | None,
    seed: int,
    stages: tuple[tuple[int, int], ...],
    out: Path,
) -> None:
    """Train a model of the Fock matrix, or the learned propagator; the same data give the same weights.

    kernel, kernel+quad and anchored are refused: they need no training.

    Training of learned-generator and learned-density stores its checkpoints next to the weights until it is done; a
    killed one is taken up again by the same command.

    \b
    harness tddft train ridge --data my_data --out my_model.safetensors
    harness tddft train geometry --molecule h2 --out my_h2.safetensors
    harness tddft train learned-generator --data my_data --stage 8 20 --out my_network.safetensors
    """
    from harness.errors import InputError
    from harness.tasks.tddft.training import train_geometry, train_ridge

    if model in UNTRAINED:
        raise InputError(f"{model}: needs no training; name it as the method or subject, as in '--method {model}'")
    if out.suffix != ".safetensors":
        raise InputError(f"--out {out}: the ending must be .safetensors")
    if model == "geometry" and molecule is None:
        raise InputError("--molecule is missing: name h2, lih or h2o")
    if model != "geometry" and not folders:
        raise InputError("--data is missing: name a folder of 'harness tddft dataset'")
    if len(folders) > 1 and model not in LEARNED:
        raise InputError(f"--data: {model!r} is trained on one folder, {len(folders)} are named: take the first alone")
    if model == "geometry":
        train_geometry(str(molecule), out, seed)
    elif model in LEARNED:
        _train_network(LEARNED[model], folders, stages, seed, out)
    else:
        train_ridge(next(iter(folders)), out)
    click.echo(f"{out}: {model}, {out.stat().st_size / 1024:.0f} kB, record in {out.with_suffix('.json')}", err=True)


def _train_network(
    head: str, folders: tuple[Path, ...], stages: tuple[tuple[int, int], ...], seed: int, out: Path
) -> None:
    from harness.errors import InputError
    from harness.requirements import install_command
    from harness.tasks.tddft.dataset import trajectories

    try:
        from harness.tasks.tddft.models.learned.training import preset_of, train_propagator
    except ImportError as error:
        raise InputError(f"{error.name} is missing: {head!r} needs it; {install_command('tddft')}") from None
    work = out.with_suffix(".training")
    preset = preset_of(head, seed)
    if stages:
        preset = replace(preset, stages=tuple(Stage(*one) for one in stages))
    data = [one for folder in folders for one in trajectories(folder)]
    made = train_propagator(preset, data, work, _say)
    made.with_suffix(".json").replace(out.with_suffix(".json"))
    made.replace(out)
    shutil.rmtree(work)


def _say(fraction: float, details: Mapping[str, Any]) -> None:
    click.echo(f"\r{fraction:.0%} of a stage, loss {details.get('loss', 0):.3g}", nl=fraction == 1, err=True)
