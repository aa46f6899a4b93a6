"""``harness echo dataset``: curves with labels drawn from their ranges, resumably."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import FOLDER, SEED, WORKERS
from harness.tasks.echo.recipe import RECIPES


@click.command("dataset")
@click.argument("name", type=Name(tuple(RECIPES)))
@click.option("--out", type=FOLDER, required=True, help="Folder of the set.")
@click.option("--count", type=click.IntRange(1, 10**7), help="Another number of curves.")
@click.option("--seed", type=SEED, help="Another seed.")
@click.option("--noise", type=float, help="Standard deviation of white noise on every sample.")
@click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes.")
def command(name: str, out: Path, count: int | None, seed: int | None, noise: float | None, workers: int) -> None:
    """Generate a set of curves; a killed call is taken up by the same command, and ends in the same bytes.

    \b
    harness echo dataset challenge --out data/challenge         # 10,000 curves of the challenge's kind
    """
    from harness.cli.bar import Bar
    from harness.tasks.echo.generate import generate

    given = {"count": count, "seed": seed, "noise": noise}
    recipe = RECIPES[name].with_(**{key: value for key, value in given.items() if value is not None})
    with Bar(f"curves of {name}") as bar:
        curves = generate(recipe, out, workers, lambda done, total: bar.show(done / total, f"{done} of {total}"))
    click.echo(f"{out / 'curves.h5'}: {len(curves)} curves, recipe {recipe.fingerprint[:12]}")
