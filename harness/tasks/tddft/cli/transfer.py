"""``harness tddft transfer``: the network of several molecules on one that it has not seen, compared with baselines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click


@click.command("transfer")
@click.argument("weights", type=click.Path(path_type=Path))
@click.option("--cases", type=click.IntRange(1), default=8, show_default=True, help="Pulses on each molecule.")
@click.option("--seed", type=click.IntRange(0), default=31, show_default=True, help="Of pulses and geometries.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A .json with every number; a figure lies next to it."
)
def command(weights: Path, cases: int, seed: int, out: Path) -> None:
    """Measure the transfer of a learned propagator: trained on H2, LiH and H2O, applied to NH3.

    Printed are the mean relative error of the dipole, the largest in brackets, and the processor time of an answer.
    The figure next to the record has error against processor time for every method. Set OMP_NUM_THREADS=1.

    \b
    harness tddft transfer my_network.safetensors --cases 8 --out transfer.json
    """
    from harness.benchmark.machine import conditions
    from harness.durable import write_json
    from harness.errors import InputError
    from harness.suites.style import save
    from harness.tasks.tddft.benchmarks.transfer_figure import transfer_figure
    from harness.tasks.tddft.models.learned.transfer import transfer

    if out.suffix != ".json":
        raise InputError(f"--out {out}: the ending must be .json")
    rows = []
    for row in transfer(weights, cases, seed):
        word = "trained on" if row.seen else "never seen"
        click.echo(
            f"{row.molecule:4} ({word})  {row.method:18} {row.mean:.2g} ({row.largest:.2g}), {row.processor_s:.2g} s"
        )
        rows.append(asdict(row))
    record = {"schema": "tddft-transfer-1", "cases": cases, "seed": seed, "machine": conditions(), "rows": rows}
    write_json(out, record)
    save(transfer_figure(record), out.with_suffix(".png"))
