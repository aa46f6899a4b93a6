"""``harness echo score``: the posterior against known labels, compared with estimators that need no network."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from harness.cli.names import Name
from harness.cli.values import SEED
from harness.tasks.echo.kernels import FAMILIES


@click.command("score")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--kernel", type=Name(FAMILIES), default="power", show_default=True, help="Kernel of the curves.")
@click.option("--weights", type=click.Path(path_type=Path), help="Another posterior than that of the package.")
@click.option("--train", "training", type=click.Path(path_type=Path), help="A set of curves, for ridge regression.")
@click.option(
    "--beside", multiple=True, type=click.Path(path_type=Path),
    help="A point-example.safetensors or point-convolutional.safetensors to score as well (repeatable).",
)  # fmt: skip
@click.option("--samples", type=click.IntRange(20, 10_000), default=64, show_default=True, help="Draws for each curve.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the draws.")
def command(
    source: Path,
    kernel: str,
    weights: Path | None,
    training: Path | None,
    beside: tuple[Path, ...],
    samples: int,
    seed: int,
) -> None:
    """Score the posterior on curves with labels: the challenge's score, gain over the prior, coverage, calibration.

    \b
    harness echo score data/test --train data/challenge
    """
    from harness.errors import InputError
    from harness.tasks.echo.cli.curve_files import curves_of, posterior_for, refuse_other_curves
    from harness.tasks.echo.curves import read_curves
    from harness.tasks.echo.inference.baselines import MiddleOfPrior, RidgeEstimator
    from harness.tasks.echo.inference.point_networks import NETWORKS, load_network
    from harness.tasks.echo.inference.scores import (
        challenge_score,
        coverage,
        sample_ranks,
        tarp,
        uniform_bound,
        uniform_distance,
    )

    posterior = posterior_for(kernel, weights)
    curves = curves_of(source, kernel)
    refuse_other_curves(posterior, curves)
    truth = curves.known_labels()
    drawn = posterior.samples(curves.m, samples, seed)
    estimates = {"middle of the prior": MiddleOfPrior(curves.prior).estimate(curves.m)}
    if training is not None:
        estimates["ridge regression"] = RidgeEstimator.fit(read_curves(training)).estimate(curves.m)
    for path in beside:
        kind = path.stem.removeprefix("point-")
        if kind not in NETWORKS:
            raise InputError(
                f"--beside {str(path)!r}: the name must be point-KIND.safetensors, KIND of {tuple(NETWORKS)}"
            )
        estimates[f"{kind} network"] = load_network(path, kind).estimate(curves.m)
    estimates["posterior"] = drawn.mean(1)
    keys = curves.prior.keys
    click.echo(f"{'Err(500), lower is better':28}" + "".join(f"{key:>10}" for key in keys) + f"{'total':>10}   ± s.e.")
    for name, estimate in estimates.items():
        score = challenge_score(estimate, truth, curves.prior)
        cells = "".join(f"{score.parts[key]:10.3f}" for key in keys)
        click.echo(f"{name:28}{cells}{score.total:10.2f} ± {score.standard_error:.2f}")
    gains = posterior.log_density(curves.m, truth).mean(0)
    click.echo(f"{'gain over the prior, nats':28}" + "".join(f"{x:10.3f}" for x in gains) + f"{gains.sum():10.3f}")
    inside = coverage(drawn, truth, 0.9)
    click.echo(f"{'inside the 90 % interval':28}" + "".join(f"{x:10.3f}" for x in inside))
    ranks = sample_ranks(drawn, truth)
    distances = [uniform_distance(ranks[:, v]) for v in range(len(keys))]
    bound = uniform_bound(len(truth), int(posterior.record["calibration"]["count"]))
    click.echo(f"{'ranks, Kolmogorov distance':28}" + "".join(f"{x:10.3f}" for x in distances) + f"   5 %: {bound:.3f}")
    joint = uniform_distance(tarp(drawn, truth, curves.prior, seed))
    click.echo(f"{'TARP, Kolmogorov distance':28}{joint:10.3f}")
    click.echo(f"{'familiar curves':28}{np.mean(posterior.familiar(curves.m)):10.3f}")
