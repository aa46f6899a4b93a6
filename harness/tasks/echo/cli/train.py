"""``harness echo train``: a posterior, a forward surrogate, or a network to compare with, resumably."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.cli.names import Name
from harness.cli.values import FOLDER

MODELS = ("posterior", "polynomials", "components", "fno", "example", "convolutional")


@click.command("train")
@click.argument("model", type=Name(MODELS))
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Set of curves to train on.")
@click.option("--calibration", type=click.Path(path_type=Path), required=True, help="Another set of the same kind.")
@click.option("--out", type=FOLDER, required=True, help="Folder of the run.")
@click.option("--epochs", type=click.IntRange(1, 10_000), help="Another number of epochs.")
@click.option("--members", type=click.IntRange(1, 20), default=2, show_default=True, help="Networks of each factor.")
def command(model: str, data: Path, calibration: Path, out: Path, epochs: int | None, members: int) -> None:
    """Train a posterior (labels from a curve), a forward surrogate (mean curve from labels: polynomials,
    components, fno), or a network that estimates labels alone (example, convolutional), to compare the posterior with.

    \b
    harness echo train posterior --data data/challenge --calibration data/calibration --out runs/posterior
    """
    from harness.cli.bar import Bar
    from harness.tasks.echo.curves import read_curves

    curves, held = read_curves(data), read_curves(calibration)
    with Bar(f"train {model}") as bar:

        def say(what: str, fraction: float, details: Mapping[str, Any]) -> None:
            text = f"epoch {details['epoch']}, loss {details['loss']:.2e}" if "epoch" in details else ""
            bar.show(fraction, text, what)

        if model == "posterior":
            from harness.tasks.echo.inference.train import PosteriorRecipe, train_posterior

            recipe = PosteriorRecipe(members=members)
            if epochs is not None:
                recipe = replace(recipe, loop=replace(recipe.loop, epochs=epochs))
            posterior = train_posterior(curves, held, out, recipe, say)
            told = [
                label.key for label, known in zip(posterior.prior.labels, posterior.determined, strict=True) if known
            ]
            line = f"{out / 'posterior.safetensors'}: curves tell of {', '.join(told) or 'no label'}"
        elif model in ("polynomials", "components", "fno"):
            from harness.tasks.echo.forward.train import LOOPS as FORWARD
            from harness.tasks.echo.forward.train import train_forward

            loop = FORWARD.get(model)
            if loop is not None and epochs is not None:
                loop = replace(loop, epochs=epochs)
            train_forward(model, curves, held, out, loop, say)
            line = str(out / f"forward-{model}.safetensors")
        else:
            from harness.tasks.echo.inference.point_networks import LOOPS as POINT
            from harness.tasks.echo.inference.point_networks import train_network

            loop = POINT[model] if epochs is None else replace(POINT[model], epochs=epochs)
            train_network(model, curves, held, out, loop, say)
            line = str(out / f"point-{model}.safetensors")
    click.echo(line)
