"""``harness echo infer``: medians and intervals of the labels of every curve; labels without information are named."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from harness.cli.names import Name
from harness.cli.values import SEED
from harness.tasks.echo.kernels import FAMILIES

LEVEL = 0.9


@click.command("infer")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--kernel", type=Name(FAMILIES), default="power", show_default=True, help="Kernel of the curves.")
@click.option("--weights", type=click.Path(path_type=Path), help="Another posterior than that of the package.")
@click.option(
    "--samples", type=click.IntRange(20, 10_000), default=400, show_default=True, help="Draws for each curve."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the draws.")
@click.option("--first", type=click.IntRange(1, 10**6), default=20, show_default=True, help="Curves that are shown.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="All curves as a CSV file.")
def command(
    source: Path, kernel: str, weights: Path | None, samples: int, seed: int, first: int, out: Path | None
) -> None:
    """Infer the labels of the curves in SOURCE: a set of curves, or a folder with echos_r.txt and echos_i.txt.

    Printed are the median and the central 90 % of the posterior. A label that the curves do not determine is said to
    be so; a curve unlike those of the training is marked.

    \b
    harness echo infer data/challenge --first 5
    """
    from harness.durable import check_file, write_text
    from harness.tasks.echo.cli.curve_files import curves_of, posterior_for, refuse_other_curves

    if out is not None:
        check_file(out)
    posterior = posterior_for(kernel, weights)
    curves = curves_of(source, kernel)
    refuse_other_curves(posterior, curves)
    shown = curves if out is not None else curves.take(slice(0, first))
    drawn = posterior.samples(shown.m, samples, seed)
    low, median, high = np.quantile(drawn, [0.5 * (1 - LEVEL), 0.5, 0.5 * (1 + LEVEL)], axis=1)
    familiar = posterior.familiar(shown.m)
    labels = posterior.prior.labels
    for k in range(min(first, len(shown))):
        told = [
            f"{label.symbol} = {median[k, v]:.4g} ({low[k, v]:.4g} … {high[k, v]:.4g})"
            for v, label in enumerate(labels)
            if posterior.determined[v]
        ]
        mark = "" if familiar[k] else "   unlike the curves of the training: not to be trusted"
        click.echo(f"curve {k + 1}: {', '.join(told)}{mark}")
    for v, label in enumerate(labels):
        if not posterior.determined[v]:
            click.echo(
                f"{label.symbol} ({label.words}) is not determined by such curves: the posterior is the prior, "
                f"{label.low:g} … {label.high:g}"
            )
    if out is not None:
        heads = [f"{label.key}_{what}" for label in labels for what in ("median", "low", "high")]
        rows = [",".join(["curve", *heads, "familiar"])]
        for k in range(len(shown)):
            cells = [f"{x[k, v]:.8g}" for v in range(len(labels)) for x in (median, low, high)]
            rows.append(",".join([str(k + 1), *cells, str(bool(familiar[k])).lower()]))
        write_text(out, "\n".join(rows) + "\n")
