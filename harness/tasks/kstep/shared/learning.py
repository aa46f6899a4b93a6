"""Learning the shared correction: labels of the training molecules, and the fit to all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces import Mmff
from harness.tasks.kstep.kernel.labels import Labels, LabelStore, labelled
from harness.tasks.kstep.kernel.learning import sampled
from harness.tasks.kstep.library import TRAINING, load
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.shared.fitting import PRIOR_KJ_MOL, Sample, fit
from harness.tasks.kstep.shared.potential import SharedCorrection


@dataclass(frozen=True)
class Recipe:
    """Names of the molecules, quantum labels of each, the size of a weight that is expected, and the seed."""

    molecules: tuple[str, ...] = tuple(TRAINING)
    labels: int = 150
    prior_kj_mol: float = PRIOR_KJ_MOL
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.molecules or self.labels < 2 or not self.prior_kj_mol > 0:
            raise InputError(
                f"shared correction: {len(self.molecules)} molecules, {self.labels} labels, prior "
                f"{self.prior_kj_mol:g} kJ/mol: at least 1, 2 and a positive prior are due"
            )


@dataclass(frozen=True, eq=False)
class Shared:
    """A correction, and its provenance."""

    correction: SharedCorrection
    record: dict[str, object]


def samples(
    recipe: Recipe, found: Resolution, say: Callable[[str], None] = lambda line: None, folder: Path | None = None
) -> list[Sample]:
    """Labels at geometries of Langevin dynamics on MMFF94 at 300, 450 and 600 K: each needs one quantum call.

    They are stored in ``folder`` while they are made: a training that was killed continues from them.
    """
    made = []
    for name in recipe.molecules:
        molecule = load(name)
        inner = Mmff(molecule)
        places = sampled(molecule, inner, recipe.labels, recipe.seed)
        store = None if folder is None else LabelStore(folder, name)
        made.append(Sample(molecule, labelled(places, found.force(molecule), inner, store)))
        say(f"{name}: {len(places)} labels")
    return made


def learn(recipe: Recipe, made: Sequence[Sample], found: Resolution) -> Shared:
    """The correction that is fitted to the samples."""
    correction = fit(made, recipe.prior_kj_mol)
    record = {
        "inner": Mmff.name, "quantum": found.version, "recipe": asdict(recipe),
        "residual_kj_mol_nm": {s.molecule.name: residual(correction, s) for s in made},
    }  # fmt: skip
    return Shared(correction, record)


def shuffled(made: Sequence[Sample], seed: int) -> list[Sample]:
    """The control: every geometry with the label of another geometry of the same molecule."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(sample.labels)) for sample in made]
    return [
        Sample(s.molecule, Labels(s.labels.positions_nm, s.labels.energies[order], s.labels.forces[order]))
        for s, order in zip(made, orders, strict=True)
    ]


def residual(correction: SharedCorrection | None, sample: Sample) -> float:
    """The rms of the residual force in kJ/mol/nm with the correction, or without one."""
    left = sample.labels.forces
    if correction is not None:
        potential = correction.of(sample.molecule)
        left = left - np.array([potential(x)[1] for x in sample.labels.positions_nm])
    return float(np.sqrt(np.mean(left**2)))
