"""``harness data``: generate training data, resumably."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from harness.cli.values import FOLDER, WORKERS


@click.command()
@click.argument("mix", default="brief")
@click.option("--out", type=FOLDER, help="Folder of the dataset [default: runs/data-MIX].")
@click.option("--workers", type=WORKERS, default=0, show_default="one per core", help="Processes on this machine.")
@click.option("--cluster", metavar="ADDRESS", help="A dask scheduler instead, e.g. tcp://10.0.0.1:8786.")
@click.option(
    "--without", multiple=True, metavar="CLASS", help="Leave a class out: cheap, expensive or spinach (repeatable)."
)
@click.option("--sizes", metavar="N,N,…", help="Only random systems of these sizes.")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
def command(
    mix: str,
    out: Path | None,
    workers: int,
    cluster: str | None,
    without: tuple[str, ...],
    sizes: str | None,
    as_json: bool,
) -> None:
    """Generate the dataset of MIX, a preset (brief, full, …) or a TOML file of your own.

    A killed call is taken up by the same command. Example:

        harness data brief --without spinach --out runs/data-brief
    """
    from harness.cli.bar import Bar
    from harness.data import generate, load_mix
    from harness.durable import json_text
    from harness.tasks.spins.cli.sizes import numbers

    chosen = load_mix(mix)
    if without:
        chosen = chosen.without(*without)
    if sizes:
        chosen = chosen.only(numbers(sizes, "--sizes"))
    folder = out or Path("runs") / f"data-{chosen.name}"
    with Bar(f"data {chosen.name}") as bar:

        def report(done: int, total: int, details: Mapping[str, Any]) -> None:
            bar.show(done / total, f"{done}/{total} systems, {details['samples_per_s']:.1f}/s, N = {details['N']}")

        dataset = generate(chosen, folder, workers, cluster, report)
    record = {
        "dataset": str(folder / "dataset.h5"),
        "systems": sum(len(block) for block in dataset.blocks),
        "mix_sha256": dataset.mix_sha256,
        "content_sha256": dataset.content_sha256,
        "blocks": {f"{b.part}/{b.size}/{b.split}": len(b) for b in dataset.blocks},
    }
    if as_json:
        click.echo(json_text(record, 2))
        return
    for name, count in record["blocks"].items():
        click.echo(f"{name:40s} {count:7d}")
    click.echo(f"{record['systems']} systems in {record['dataset']}, content {record['content_sha256'][:16]}")
