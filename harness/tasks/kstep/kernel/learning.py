"""Learning the correction of one molecule: labels in two rounds, a fit, and weights with their record.

The minima of the force field are not those of GFN2-xTB; geometries sampled only on the force field are therefore not
sufficient. Round one labels geometries of Langevin dynamics on the force field. The potential fitted to them corrects
the force field, and round two labels geometries of Langevin dynamics on the corrected one. Sampling needs no quantum
call; each label needs one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.kernel.fitting import CENTRES, WIDTH, fit
from harness.tasks.kstep.kernel.labels import Labels, LabelStore, joined, labelled
from harness.tasks.kstep.kernel.potential import KernelPotential, Plus
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State, thermal_velocities

TEMPERATURES_K = ((300.0, 0.45), (450.0, 0.35), (600.0, 0.2))
"""Temperatures that geometries are sampled at, and the part of the labels that each has."""
SAMPLE_DT_PS = 5e-4
APART_PS = 0.03
WARM_UP_PS = 0.2
HELD_OUT = 100
"""Labels that no fit has: what is left of their force is stated in the record."""


@dataclass(frozen=True)
class Recipe:
    """How many labels, of which how many in the first round, how many centres, their width in 1/nm, and the seed."""

    labels: int = 1000
    first_round: int = 150
    centres: int = CENTRES
    seed: int = 0
    width: float = WIDTH

    def __post_init__(self) -> None:
        if not 2 <= self.first_round < self.labels:
            raise InputError(f"labels = {self.labels}: more than first_round = {self.first_round} >= 2 are due")
        if self.centres < 1:
            raise InputError(f"centres = {self.centres} must be at least 1")
        if not self.width > 0:
            raise InputError(f"width = {self.width:g} / nm must be positive")


@dataclass(frozen=True, eq=False)
class Learned:
    """A potential, the labels of the fit, its provenance, and what is left of the force at :data:`HELD_OUT` other
    geometries: root mean square and largest component in kJ/mol/nm."""

    potential: KernelPotential
    labels: Labels
    record: dict[str, object]
    held_out: tuple[float, float]


def sampled(molecule: Molecule, force: Force, count: int, seed: int) -> np.ndarray:
    """Geometries of Langevin on ``force`` at all of :data:`TEMPERATURES_K`, shuffled, (count, N, 3)."""
    found = []
    for number, (temperature, part) in enumerate(TEMPERATURES_K):
        rng = np.random.default_rng([seed, number])
        start = State(
            molecule.positions_nm, thermal_velocities(molecule.positions_nm, molecule.masses_da, temperature, rng)
        )
        langevin = Langevin(Counted(force), molecule.masses_da, SAMPLE_DT_PS, temperature, rng)
        apart, warm_up = round(APART_PS / SAMPLE_DT_PS), round(WARM_UP_PS / SAMPLE_DT_PS)
        due = max(1, round(part * count))
        path = run(langevin, start, warm_up + apart * due)
        if path.fault:
            raise InputError(f"{molecule.name} at {temperature:g} K on {force.name}: {path.fault}; take another seed")
        found.append(path.positions_nm[warm_up + apart :: apart])
    every = np.concatenate(found)
    return every[np.random.default_rng([seed, 99]).permutation(len(every))][:count]


def learn(
    molecule: Molecule,
    quantum: Force,
    inner: Force,
    recipe: Recipe = Recipe(),
    say: Callable[[str], None] = lambda line: None,
    folder: Path | None = None,
) -> Learned:
    """Labels in two rounds and the potential that is fitted to all of them.

    Labels are stored in ``folder`` while they are made: a training that was killed continues from them.
    """

    def made(name: str, places: np.ndarray) -> Labels:
        return labelled(places, quantum, inner, None if folder is None else LabelStore(folder, name))

    first = made("round-1", sampled(molecule, inner, recipe.first_round, recipe.seed))
    say(f"{molecule.name}: round 1, {len(first)} labels")
    rough = fit(molecule, first, recipe.first_round, recipe.width)
    rest = recipe.labels - recipe.first_round
    every = joined(first, made("round-2", sampled(molecule, Plus(inner, rough), rest, recipe.seed + 1)))
    say(f"{molecule.name}: round 2, {len(every)} labels")
    potential = fit(molecule, every, recipe.centres, recipe.width)
    fresh = made("held-out", sampled(molecule, Plus(inner, potential), HELD_OUT, recipe.seed + 2))
    held_out = residual(potential, fresh)
    record = {
        "molecule": molecule.name, "smiles": molecule.smiles, "numbers": list(molecule.numbers),
        "topology": molecule.topology, "inner": inner.name, "quantum": quantum.name, "units": "nm, kJ/mol",
        "recipe": asdict(recipe), "residual_kj_mol_nm": residual(potential, every)[0],
        "held_out_kj_mol_nm": list(held_out), "held_out_labels": len(fresh),
    }  # fmt: skip
    return Learned(potential, every, record, held_out)


def residual(potential: KernelPotential, labels: Labels) -> tuple[float, float]:
    """Root mean square and largest component of the residual forces of the labels, in kJ/mol/nm."""
    left = np.array([potential(x)[1] for x in labels.positions_nm]) - labels.forces
    return float(np.sqrt(np.mean(left**2))), float(np.abs(left).max())
