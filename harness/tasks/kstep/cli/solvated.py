"""``harness kstep solvated``: a molecule in a water cluster, QM/MM."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import COUNT_FROM_ONE, SEED
from harness.tasks.kstep.cli.options import CHARGE, MOLECULE, TEMPERATURE


@click.command("solvated")
@MOLECULE
@click.option("--waters", type=COUNT_FROM_ONE, default=6, show_default=True, help="Water molecules around it.")
@click.option(
    "--method", type=Name(("kernel", "respa-mmff", "verlet")), default="kernel", show_default=True,
    help="RESPA with or without the learned correction of the solute, or velocity Verlet.",
)  # fmt: skip
@click.option("--k", type=int, default=8, show_default=True, help="Base steps of 0.25 fs in one macro step.")
@click.option("--steps", type=COUNT_FROM_ONE, default=500, show_default=True, help="Macro steps.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the thermal start.")
@CHARGE
@click.option("--out", type=click.Path(path_type=Path), help="An .xyz (Å, with velocities) or .csv file.")
def command(
    what: str, waters: int, method: str, k: int, steps: int, temperature_k: float, seed: int, charge: int | None,
    out: Path | None,
) -> None:  # fmt: skip
    """A molecule by GFN2-xTB in a cluster of water by MMFF94, at constant energy.

    Example: harness kstep solvated methanol --waters 6 --steps 500
    """
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.measure.drift import slope
    from harness.tasks.kstep.qmmm import cluster_of, energy_paths
    from harness.tasks.kstep.references import resolve
    from harness.tasks.kstep.steps import Step
    from harness.tasks.kstep.write import check_out, write_path

    if out is not None:
        check_out(out)
    step, found = Step(k), resolve(live=True)
    cluster = cluster_of(find(what, charge), waters)
    start = cluster.start(temperature_k, seed)
    path = energy_paths(cluster, method, found, step, [start], steps * step.tau_ps)[0]
    mean, left = slope(path)
    click.echo(
        f"{cluster.molecule.name}, {method}: {len(path.positions_nm) - 1} of {steps} macro steps, {path.qm_calls} "
        f"quantum calls; slope {mean:+.4f} kJ/mol/ps, fluctuation {left:.4f} kJ/mol{'; ' if path.fault else ''}"
        f"{path.fault}",
        err=True,
    )
    write_path(path, cluster.molecule, out)
    if path.fault:
        click.get_current_context().exit(1)
