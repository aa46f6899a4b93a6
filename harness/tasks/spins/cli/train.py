"""``harness train``: train a surrogate, resumably; calibrate its bands; run ablations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from harness.cli.names import Group
from harness.cli.values import FOLDER, WORKERS

MODELS = ("fno", "fno-general", "mlp", "spin-graph")


@click.group(cls=Group)
def command() -> None:
    """Train a surrogate, resumably.

    A killed call is taken up by the same command, and ends in the same weights to the bit. Example:

        harness train fno --preset brief --sizes 4,6,8 --without spinach --out runs/fno-brief
    """


def _model_command(model: str) -> click.Command:
    @click.command(model, help=f"Train {model}. Example: harness train {model} --preset full --out runs/{model}")
    @click.option(
        "--preset",
        default="full" if model == "spin-graph" else "brief",
        show_default=True,
        help="Preset of the model, or a TOML file.",
    )
    @click.option("--out", type=FOLDER, help="Folder of the run [default: runs/MODEL-PRESET].")
    @click.option("--data", type=click.Path(path_type=Path), help="A dataset of the preset's mix, made before.")
    @click.option("--sizes", metavar="N,N,…", help="Only these sizes (models with one network per size).")
    @click.option("--without", multiple=True, metavar="CLASS", help="Leave a class of the mix out (repeatable).")
    @click.option("--epochs", type=int, help="Another number of epochs than the preset's.")
    @click.option("--seed", type=int, help="Another seed than the preset's.")
    @click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes for the data.")
    @click.option("--cluster", metavar="ADDRESS", help="A dask scheduler for the data, e.g. tcp://10.0.0.1:8786.")
    @click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps.")
    @click.option("--threads", type=int, help="CPU threads (equal numbers give bit-identical weights).")
    def run(
        preset: str,
        out: Path | None,
        data: Path | None,
        sizes: str | None,
        without: tuple[str, ...],
        epochs: int | None,
        seed: int | None,
        workers: int,
        cluster: str | None,
        device: str,
        threads: int | None,
    ) -> None:
        from harness.cli.bar import Bar
        from harness.surrogates.training.job import run_job
        from harness.surrogates.training.plan import load_plan
        from harness.tasks.spins.cli.sizes import numbers

        plan = load_plan(model, preset)
        if without:
            plan = replace(plan, mix=plan.mix.without(*without))
        if sizes:
            plan = plan.only(numbers(sizes, "--sizes"))
        given = {k: v for k, v in {"epochs": epochs, "seed": seed, "threads": threads}.items() if v is not None}
        plan = replace(plan, recipe=replace(plan.recipe, **given))
        folder = out or Path("runs") / f"{model}-{Path(preset).stem}"
        with Bar(f"train {model}") as bar:

            def say(what: str, fraction: float, details: Mapping[str, Any]) -> None:
                text = f"epoch {details['epoch']}, loss {details['loss']:.1e}" if "epoch" in details else ""
                text += f", validation {details['validation_mean']:.1e}" if "validation_mean" in details else ""
                bar.show(fraction, text, what)

            paths = run_job(plan, folder, data, workers, cluster, device, say)
        from harness.surrogates.weights import read_weights

        for path in paths:
            error = read_weights(path, model).record.get("validation_rmse_m", {})
            click.echo(f"{path}: validation RMSE of M {error['mean']:.2e} mean, {error['worst']:.2e} worst")

    return run


for _model in MODELS:
    command.add_command(_model_command(_model))


@command.command()
@click.argument("model", type=click.Choice(MODELS))
@click.option("--weights", type=click.Path(path_type=Path), help="Run folder or file [default: those of the package].")
@click.option("--data", type=click.Path(path_type=Path), help="A dataset with calibration systems, made before.")
@click.option(
    "--mix", help="Mix to generate without --data [default: calibration-chains for fno and mlp, calibration]."
)
@click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes for the data.")
def calibrate(model: str, weights: Path | None, data: Path | None, mix: str | None, workers: int) -> None:
    """Calibrate split-conformal bands of trained weights, on systems of their own (10⁴ and more).

    Example: harness train calibrate fno --weights runs/fno-full
    """
    from harness.cli.bar import Bar
    from harness.data import generate, load_mix, read_dataset
    from harness.surrogates.training.calibration import calibrate_weights

    if data is None:
        chosen = load_mix(mix or ("calibration-chains" if model in ("fno", "mlp") else "calibration"))
        with Bar(f"data {chosen.name}") as bar:
            folder = Path("runs") / f"data-{chosen.name}"
            dataset = generate(chosen, folder, workers, None, lambda a, b, c: bar.show(a / b, f"{a}/{b} systems"))
    else:
        dataset = read_dataset(data)
    if not calibrate_weights(model, weights, dataset, click.echo):
        raise click.ClickException("nothing was calibrated: the data hold no calibration systems for these weights")


@command.command()
@click.argument("ablation", default="fno")
@click.option("--out", type=FOLDER, help="Folder [default: runs/ablation-NAME].")
@click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes for the data.")
def ablate(ablation: str, out: Path | None, workers: int) -> None:
    """Train the variants of ABLATION (a preset or a TOML file), measure them alike, print the table.

    A killed call is taken up by the same command. Example: harness train ablate fno --out runs/ablation-fno
    """
    from harness.cli.bar import Bar
    from harness.surrogates.training.ablation import load_ablation, run_ablation
    from harness.surrogates.training.tables import write_tables

    chosen = load_ablation(ablation)
    folder = out or Path("runs") / f"ablation-{chosen.name}"
    with Bar(f"ablation {chosen.name}") as bar:
        rows = run_ablation(chosen, folder, workers, lambda what, fraction, details: bar.show(fraction, "", what))
    click.echo(write_tables(folder, rows), nl=False)


@command.command()
@click.argument("model", type=click.Choice(MODELS))
@click.option("--weights", type=click.Path(path_type=Path), help="Run folder or file [default: those of the package].")
@click.option("--data", type=click.Path(path_type=Path), help="A dataset with test systems, made before.")
@click.option("--mix", default="test-chains", show_default=True, help="Mix to generate when there is no --data.")
@click.option("--out", type=FOLDER, help="Folder for the table [default: runs/measured-MODEL].")
@click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes for the data.")
def measure(model: str, weights: Path | None, data: Path | None, mix: str, out: Path | None, workers: int) -> None:
    """Measure trained weights on fresh systems, one core, compared with the formulas that need no training.

    Example: harness train measure fno --weights runs/fno-full
    """
    from harness.cli.bar import Bar
    from harness.data import generate, load_mix, read_dataset
    from harness.data.mix import learning_of
    from harness.durable import check_folder
    from harness.surrogates.training.tables import baseline_rows, measure_weights, one_thread, write_tables
    from harness.surrogates.weights import find_weights

    table = out or check_folder(Path("runs") / f"measured-{model}")
    paths = find_weights(model, weights, learning_of().packaged)
    if data is None:
        with Bar(f"data {mix}") as bar:
            chosen = load_mix(mix)
            folder = Path("runs") / f"data-{chosen.name}"
            dataset = generate(chosen, folder, workers, None, lambda a, b, c: bar.show(a / b, f"{a}/{b} systems"))
    else:
        dataset = read_dataset(data)
    tests = dataset.select("test")
    with one_thread():
        rows = baseline_rows(tests)
        for path in paths:
            rows += measure_weights(path.stem, model, path, tests)
    click.echo(write_tables(table, rows), nl=False)
