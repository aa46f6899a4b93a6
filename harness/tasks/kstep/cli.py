"""``harness kstep``: trajectories, comparisons of integrators, data sets and training, on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import COUNT_FROM_ONE, SEED, OutFolder, Span
from harness.tasks.kstep.methods import INNER, METHODS

MOLECULE = click.argument("what", metavar="MOLECULE|SMILES")
CHARGE = click.option("--charge", type=int, help="Total charge, where the SMILES has one.")
TEMPERATURE = click.option(
    "--temperature-k", type=Span("kelvin"), default=300.0, show_default=True, help="Of the start, in K."
)


@click.group("kstep")
def command() -> None:
    """Molecular dynamics on GFN2-xTB in steps of k·0.25 fs, judged against xTB."""


@command.command("simulate")
@MOLECULE
@click.option("--length-fs", type=click.IntRange(1, 10**6), default=200, show_default=True, help="Length in fs.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the thermal start.")
@CHARGE
@click.option("--live", is_flag=True, help="Do not use cached answers.")
@click.option("--out", type=click.Path(path_type=Path), help="An .xyz (Å, with velocities) or .csv file.")
def simulate(
    what: str, length_fs: int, temperature_k: float, seed: int, charge: int | None, live: bool, out: Path | None
) -> None:
    """The reference trajectory: velocity Verlet of 0.25 fs on GFN2-xTB from a thermal start, a frame every fs."""
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.references import reference_path, resolve, start_state
    from harness.tasks.kstep.write import check_out, write_path

    if out is not None:
        check_out(out)
    found = resolve(live=live)
    molecule = find(what, charge)
    path = reference_path(found, molecule, start_state(found, molecule, temperature_k, seed), length_fs)
    click.echo(found.line(), err=True)
    write_path(path, molecule, out)


@command.command("integrate")
@MOLECULE
@click.option("--method", type=Name(METHODS), default="kernel", show_default=True, help="The integrator.")
@click.option("--k", type=int, default=8, show_default=True, help="Base steps of 0.25 fs in one macro step.")
@click.option("--dt-fs", type=Span("femtoseconds"), default=0.25, show_default=True, help="Base step in fs.")
@click.option("--steps", type=COUNT_FROM_ONE, default=500, show_default=True, help="Macro steps.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the thermal start.")
@CHARGE
@click.option("--weights", type=click.Path(path_type=Path), help="Weights of the method.  [default: the packaged ones]")
@click.option("--out", type=click.Path(path_type=Path), help="An .xyz (Å, with velocities) or .csv file.")
def integrate(
    what: str,
    method: str,
    k: int,
    dt_fs: float,
    steps: int,
    temperature_k: float,
    seed: int,
    charge: int | None,
    weights: Path | None,
    out: Path | None,
) -> None:
    """Run an integrator on live GFN2-xTB forces from a thermal start, and print its drift and its calls."""
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.methods import Step
    from harness.tasks.kstep.references import resolve
    from harness.tasks.kstep.report import integrated
    from harness.tasks.kstep.write import check_out, write_path

    if out is not None:
        check_out(out)
    step = Step(k, dt_fs * 1e-3)
    found = resolve()
    molecule = find(what, charge)
    path, lines = integrated(found, molecule, method, step, steps, temperature_k, seed, weights)
    for line in lines:
        click.echo(line, err=True)
    write_path(path, molecule, out)


@command.command("dataset")
@click.argument("molecules", metavar="MOLECULE...", nargs=-1, required=True)
@click.option("--out", type=OutFolder(), required=True, help="Folder of the data set.")
@click.option("--force", type=Name(("xtb", *INNER)), default="xtb", show_default=True, help="Force of the dynamics.")
@click.option("--trajectories", type=COUNT_FROM_ONE, default=4, show_default=True, help="Trajectories of each molecule.")
@click.option("--steps", type=click.IntRange(1, 10**7), default=4000, show_default=True, help="Base steps of each.")
@TEMPERATURE
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the starts.")
def dataset(
    molecules: tuple[str, ...], out: Path, force: str, trajectories: int, steps: int, temperature_k: float, seed: int
) -> None:
    """Generate constant-energy trajectories with every base step, resumably: one file for each."""
    from harness.tasks.kstep.data import Job, generate

    job = Job(molecules, trajectories, steps, temperature_k=temperature_k, force=force, seed=seed)
    files = generate(job, out, lambda line: click.echo(line, err=True))
    click.echo(f"{out}: {len(files)} trajectories of {steps} steps")


@command.group("train")
def train() -> None:
    """Train a correction potential or a jump network."""


@train.command("kernel")
@MOLECULE
@click.option("--out", type=OutFolder(), required=True, help="Folder of the weights.")
@click.option("--labels", type=click.IntRange(3, 10**5), default=1000, show_default=True, help="GFN2-xTB calls.")
@click.option("--centres", type=COUNT_FROM_ONE, default=120, show_default=True, help="Centres of the kernel.")
@click.option("--inner", type=Name(INNER), default="mmff", show_default=True, help="The force field that is corrected.")
@click.option("--seed", type=SEED, default=0, show_default=True)
@CHARGE
def train_kernel(
    what: str, out: Path, labels: int, centres: int, inner: str, seed: int, charge: int | None
) -> None:
    """Learn the correction potential of one molecule: labels in two rounds, then a fit."""
    from harness.tasks.kstep.kernel.learning import Recipe, learn
    from harness.tasks.kstep.kernel.weights import MODEL, save
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.methods import inner_force
    from harness.tasks.kstep.references import resolve

    molecule = find(what, charge)
    recipe = Recipe(labels, max(2, min(150, labels // 3)), centres, seed)
    force = resolve(live=True).force(molecule)
    learned = learn(molecule, force, inner_force(inner, molecule), recipe, lambda line: click.echo(line, err=True))
    path = out / f"{MODEL}-{molecule.name}.safetensors"
    save(path, learned.potential, learned.record)
    click.echo(f"{path}: residual {learned.record['residual_kj_mol_nm']:.1f} kJ/mol/nm at {labels} labels")


@train.command("jump")
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=OutFolder(), required=True, help="Folder of checkpoints and weights.")
@click.option("--k", type=click.IntRange(1, 64), default=4, show_default=True, help="Base steps of a jump.")
@click.option("--steps", type=COUNT_FROM_ONE, default=2000, show_default=True, help="Steps of the optimiser.")
@click.option("--pretrained", type=click.Path(path_type=Path), help="Weights to start from, of the force field.")
@click.option("--freeze", type=click.IntRange(0, 64), default=0, show_default=True, help="Rounds that stay as they are.")
@click.option("--seed", type=SEED, default=0, show_default=True)
def train_jump(
    data: Path, out: Path, k: int, steps: int, pretrained: Path | None, freeze: int, seed: int
) -> None:
    """Train the jump network on a data set, resumably."""
    from harness.tasks.kstep.data.pairs import read_set
    from harness.tasks.kstep.jump.training import Recipe
    from harness.tasks.kstep.jump.training import train as train_network
    from harness.tasks.kstep.jump.weights import MODEL
    from harness.tasks.kstep.jump.weights import save as save_jump

    training, validation, temperature_k = read_set(data, k)
    trained = train_network(
        training, validation, Recipe(steps, freeze=freeze, seed=seed), out, temperature_k, pretrained,
        lambda line: click.echo(line, err=True),
    )  # fmt: skip
    path = out / f"{MODEL}-{k}.safetensors"
    save_jump(path, trained)
    click.echo(f"{path}: validation error {trained.curve[-1]['validation']:.4f}")


def main() -> None:
    """Run the group alone: ``python -m harness.tasks.kstep.cli``."""
    import sys

    from harness.cli.ends import ends

    with ends() as end:
        end.status = command.main(prog_name="harness kstep", standalone_mode=False)
    sys.exit(end.status if isinstance(end.status, int) else 0)


if __name__ == "__main__":
    main()
