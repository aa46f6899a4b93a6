"""``harness tddft benchmark``: models and larger steps at equal error, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.tasks.tddft.cli.options import system_of, system_options

if TYPE_CHECKING:
    from harness.tasks.tddft.systems import MolecularSystem


def _coarser(system: MolecularSystem) -> tuple[int, ...]:
    """The coarsest grid, where a functional is summed on a finer one."""
    return (0,) if system.functional != "hf" and system.quadrature > 0 else ()


@click.command("benchmark")
@system_options
@click.option("--horizon-au", type=float, default=24.0, show_default=True, help="Time of the last sample.")
@click.option("--coarser", type=click.IntRange(0, 9), multiple=True, help="A coarser grid (repeat).  [default: 0]")
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Of each method, after one that is not counted; the median counts.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the record and the figure.")
def command(horizon_au: float, coarser: tuple[int, ...], runs: int, out: Path, **options: Any) -> None:
    """Processor time at equal error: the fastest model against the fastest cfm4 of any step and grid.

    The truth is cfm4 in steps of 0.1 au on the grid of --quadrature. With them are compared em, linear response, the
    frozen Fock matrix and prony; in Hartree-Fock, for the molecules that they know, the model geometry and the trained
    networks. Writes equal-error.json and equal-error.png into OUT; set OMP_NUM_THREADS=1.

    \b
    harness tddft benchmark h2 --pulse 0.02 0.4 --horizon-au 25.6 --out h2-hf
    harness tddft benchmark h2o --functional pbe --quadrature 1 --pulse 0.02 0.4336 --direction 1 1 1 --out h2o-pbe
    """
    from harness.durable import write_json
    from harness.errors import InputError
    from harness.suites.style import save
    from harness.tasks.tddft.benchmarks.equal_error import ratios, record, run
    from harness.tasks.tddft.benchmarks.figure import front_figure
    from harness.tasks.tddft.benchmarks.plan import Plan
    from harness.tasks.tddft.fields import Pulse

    system = system_of(**options)
    if not isinstance(system.field, Pulse):
        raise InputError("--pulse: is missing; errors are compared under a pulse, which gives every method a cost")
    if coarser and system.functional == "hf":
        raise InputError(f"--coarser {coarser[0]}: hf is summed on no grid; leave it out, or give a --functional")
    levels = coarser or _coarser(system)
    if odd := next((level for level in levels if level >= system.quadrature), None):
        raise InputError(f"--coarser {odd}: must be below --quadrature {system.quadrature}")
    plan = Plan(system, horizon_au, levels, runs=runs)
    points = run(plan, lambda p: click.echo(f"{p.method}: {p.cpu_s:.3g} s, error {p.error:.1e}", err=True))
    found = record(plan, points)
    write_json(out / "equal-error.json", found)
    save(front_figure(found), out / "equal-error.png")
    for one in ratios(points):
        methods = ", ".join(f"{p.method}: {p.cpu_s:.3g} s" for p in (one.cfm4, one.model, one.linear) if p is not None)
        click.echo(f"error at most {one.error:g}: {one.factor:.3g} times ({methods})")
