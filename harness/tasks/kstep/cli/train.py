"""``harness kstep train``: a correction potential or a jump network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from harness.cli.names import Name
from harness.cli.values import COUNT_FROM_ONE, SEED, OutFolder
from harness.tasks.kstep.cli.options import CHARGE, MOLECULE
from harness.tasks.kstep.forces import INNER


@click.group("train")
def command() -> None:
    """Train a correction potential or a jump network.

    Example: harness kstep train kernel phenol --out weights
    """


def _say(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def labels_in(out: Path, name: str) -> Iterator[Path]:
    """The folder of the labels of one training, for one process at a time."""
    from harness.durable import lock, sweep

    folder = out / "labels" / name
    with lock(folder):
        sweep(folder)
        yield folder


@command.command("kernel")
@MOLECULE
@click.option("--out", type=OutFolder(), required=True, help="Folder of the weights.")
@click.option("--labels", type=click.IntRange(3, 10**5), default=1000, show_default=True, help="GFN2-xTB calls.")
@click.option("--centres", type=COUNT_FROM_ONE, default=120, show_default=True, help="Centres of the kernel.")
@click.option("--width", type=float, default=8.0, show_default=True, help="Width of the kernel in 1/nm.")
@click.option("--inner", type=Name(INNER), default="mmff", show_default=True, help="The force field that is corrected.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of everything random.")
@CHARGE
def train_kernel(
    what: str, out: Path, labels: int, centres: int, width: float, inner: str, seed: int, charge: int | None
) -> None:
    """Learn the correction potential of one molecule, resumably: labels in two rounds, then a fit.

    Example: harness kstep train kernel phenol --out weights
    """
    from harness.tasks.kstep.forces import inner_force
    from harness.tasks.kstep.kernel.learning import HELD_OUT, Recipe, learn
    from harness.tasks.kstep.kernel.weights import MODEL, save
    from harness.tasks.kstep.library import find
    from harness.tasks.kstep.references import resolve

    molecule = find(what, charge)
    recipe = Recipe(labels, max(2, min(150, labels // 3)), centres, seed, width)
    force = resolve(live=True).force(molecule)
    with labels_in(out, molecule.name) as folder:
        learned = learn(molecule, force, inner_force(inner, molecule), recipe, _say, folder)
    path = out / f"{MODEL}-{molecule.name}.safetensors"
    save(path, learned.potential, learned.record)
    rms, largest = learned.held_out
    click.echo(
        f"{path}: residual {rms:.1f}, largest component {largest:.0f} kJ/mol/nm on {HELD_OUT} held-out geometries, "
        f"{labels} labels"
    )


@command.command("shared")
@click.option("--out", type=OutFolder(), required=True, help="Folder of the weights.")
@click.option("--labels", type=click.IntRange(2, 10**4), default=150, show_default=True, help="GFN2-xTB calls of each.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of everything random.")
def train_shared(out: Path, labels: int, seed: int) -> None:
    """Learn the correction that serves all molecules, resumably, from those of the training part of the library.

    Example: harness kstep train shared --out weights
    """
    from harness.tasks.kstep.references import resolve
    from harness.tasks.kstep.shared.learning import Recipe, learn, samples
    from harness.tasks.kstep.shared.weights import FILE, save

    recipe, found = Recipe(labels=labels, seed=seed), resolve(live=True)
    with labels_in(out, "shared") as folder:
        learned = learn(recipe, samples(recipe, found, _say, folder), found)
    save(out / FILE, learned.correction, learned.record)
    click.echo(f"{out / FILE}: {len(learned.correction.keys)} types of terms from {len(recipe.molecules)} molecules")


@command.command("jump")
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=OutFolder(), required=True, help="Folder of checkpoints and weights.")
@click.option("--k", type=click.IntRange(1, 64), default=4, show_default=True, help="Base steps of a jump.")
@click.option("--steps", type=COUNT_FROM_ONE, default=2000, show_default=True, help="Steps of the optimiser.")
@click.option("--batch", type=COUNT_FROM_ONE, default=32, show_default=True, help="Jumps of one step.")
@click.option("--learning-rate", type=float, default=2e-3, show_default=True, help="At the first step.")
@click.option("--pretrained", type=click.Path(path_type=Path), help="Weights to start from, of the force field.")
@click.option(
    "--freeze", type=click.IntRange(0, 64), default=0, show_default=True, help="Rounds that stay as they are."
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of everything random.")
def train_jump(
    data: Path, out: Path, k: int, steps: int, batch: int, learning_rate: float, pretrained: Path | None, freeze: int,
    seed: int,
) -> None:  # fmt: skip
    """Train the jump network on a data set, resumably.

    Example: harness kstep train jump . --k 4 --out jump-weights
    """
    from harness.tasks.kstep.data.pairs import read_set
    from harness.tasks.kstep.jump.errors import errors_in_words
    from harness.tasks.kstep.jump.training import Recipe
    from harness.tasks.kstep.jump.training import train as train_network
    from harness.tasks.kstep.jump.weights import MODEL
    from harness.tasks.kstep.jump.weights import save as save_jump

    training, validation, temperature_k = read_set(data, k)
    recipe = Recipe(steps, batch, learning_rate, freeze=freeze, seed=seed)
    with warnings.catch_warnings(action="always"):
        warnings.showwarning = lambda message, *_: _say(str(message))
        trained = train_network(training, validation, recipe, out, temperature_k, pretrained, _say)
    path = out / f"{MODEL}-{k}.safetensors"
    save_jump(path, trained)
    click.echo(f"{path}: {errors_in_words(trained.curve)}")
