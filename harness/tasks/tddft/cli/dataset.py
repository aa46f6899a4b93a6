"""``harness tddft dataset``: trajectories for training, resumably."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("dataset")
@click.argument("molecule")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the trajectories.")
@click.option("--count", type=click.IntRange(1, 100000), default=20, show_default=True, help="Number of trajectories.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of geometries and fields.")
@click.option(
    "--field",
    "kind",
    type=click.Choice(["kick", "pulse"]),
    default="pulse",
    show_default=True,
    help="A kick at t = 0, or Gaussian pulses.",
)
@click.option("--strength-au", nargs=2, type=float, default=(0.005, 0.1), show_default=True, help="Range, log-uniform.")
@click.option("--functional", default="hf", show_default=True, help="hf, lda, pbe or pbe0.")
@click.option(
    "--quadrature", type=click.IntRange(0, 9), default=1, show_default=True, help="Level of the grid of the functional."
)
@click.option("--flexible", is_flag=True, help="Random geometries: h2, lih and h2o.")
@click.option("--horizon-au", type=float, default=50.0, show_default=True, help="Length in atomic units.")
@click.option("--dt-au", type=float, default=0.2, show_default=True, help="Step in atomic units.")
def command(
    molecule: str,
    out: Path,
    count: int,
    seed: int,
    kind: str,
    strength_au: tuple[float, float],
    functional: str,
    quadrature: int,
    flexible: bool,
    horizon_au: float,
    dt_au: float,
) -> None:
    """Propagate a molecule under random fields, one HDF5 file for each trajectory; a killed run is taken up again.

    \b
    harness tddft dataset h2o --functional lda --count 22 --out my_data
    """
    from harness.errors import InputError
    from harness.tasks.tddft.dataset import DatasetPlan, generate
    from harness.tasks.tddft.grid import AtomicTimeGrid
    from harness.tasks.tddft.populations import BOND_BOHR, FieldRange, MolecularPopulation
    from harness.tasks.tddft.system_file import load_system

    load_system(molecule)
    if flexible and molecule not in (*BOND_BOHR, "h2o"):
        raise InputError(
            f"--flexible: ranges of geometries are stated for {', '.join(BOND_BOHR)} and h2o, not {molecule}"
        )
    if not 0 < strength_au[0] <= strength_au[1]:
        raise InputError(f"--strength-au {strength_au[0]:g} {strength_au[1]:g}: must be positive and ascending")
    population = MolecularPopulation(
        f"{molecule} {functional} {kind}",
        molecule,
        FieldRange(kind, strength_au),
        AtomicTimeGrid.until(horizon_au, dt_au),
        functional,
        quadrature,
        flexible=flexible,
    )
    paths = generate(DatasetPlan(population, count, seed), out, _say)
    click.echo(f"{out}: {len(paths)} trajectories of {molecule}", err=True)


def _say(done: int, total: int) -> None:
    click.echo(f"\r{done} of {total}", nl=done == total, err=True)
