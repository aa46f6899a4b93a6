"""``harness echo import`` and ``export``: the text files of the challenge to a set of curves, and back."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import FOLDER
from harness.tasks.echo.challenge_files import FIRST, FileNames, names_2024
from harness.tasks.echo.recipe import CurveRecipe, named_recipe

KINDS = ("2020", "2024-gauss")


def kind_of(kind: str) -> tuple[FileNames, CurveRecipe]:
    """Names of the files of a challenge, and the recipe of such curves."""
    return (FIRST, named_recipe("challenge")) if kind == "2020" else (names_2024("gauss"), named_recipe("gauss"))


KIND = click.option("--kind", type=Name(KINDS), default="2020", show_default=True, help="Which challenge.")


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", type=FOLDER, required=True, help="Folder of the set.")
@KIND
def import_command(folder: Path, out: Path, kind: str) -> None:
    """Read echos_r.txt, echos_i.txt and, where it is there, mat_info.txt of FOLDER.

    \b
    harness echo import downloads --out data/challenge-files
    """
    from harness.tasks.echo.challenge_files import read_challenge
    from harness.tasks.echo.curves import write_curves

    names, recipe = kind_of(kind)
    curves = read_challenge(folder, recipe, names)
    write_curves(out / "curves.h5", curves)
    known = "with labels" if curves.labels is not None else "without labels"
    click.echo(f"{out / 'curves.h5'}: {len(curves)} curves {known}")


@click.command("export")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--out", type=FOLDER, required=True, help="Folder of the text files.")
@KIND
def export_command(source: Path, out: Path, kind: str) -> None:
    """Write a set of curves as the text files of the challenge.

    \b
    harness echo export data/challenge --out challenge-files
    """
    from harness.tasks.echo.challenge_files import write_challenge
    from harness.tasks.echo.curves import read_curves

    for path in write_challenge(out, read_curves(source), kind_of(kind)[0]):
        click.echo(path)
