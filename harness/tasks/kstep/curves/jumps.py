"""Learning curves of the jump network: pretrained on the force field against trained from scratch.

All trainings on quantum data have the same number of steps; ``scratch, longer`` has those of the pretraining in
addition, so that it has the same computing time as the pretrained ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.tasks.kstep.curves.plan import TEST_SEED, Plan, Row
from harness.tasks.kstep.data import Job, Jumps, cut, generate, read_trajectory
from harness.tasks.kstep.forces import inner_force
from harness.tasks.kstep.integrators.forcefield import OnForceField
from harness.tasks.kstep.jump.errors import predicted_jumps
from harness.tasks.kstep.jump.network import JumpNetwork
from harness.tasks.kstep.jump.scales import scales_and_bounds
from harness.tasks.kstep.jump.training import Recipe, Trained, train
from harness.tasks.kstep.jump.weights import save
from harness.tasks.kstep.state import State
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.units import BASE_DT_PS

MODEL = "jump"
UNIT = "1"
TEMPERATURE_K = 300.0
TEST_EVERY = 4


@dataclass(frozen=True)
class Variant:
    """One way to train on the quantum data."""

    name: str
    pretrained: bool
    frozen: bool = False
    longer: bool = False


VARIANTS = (
    Variant("scratch", False),
    Variant("scratch, longer", False, longer=True),
    Variant("pretrained", True),
    Variant("pretrained, frozen rounds", True, frozen=True),
)


@dataclass(frozen=True, eq=False)
class JumpCurve:
    """The learning curves of jumps, with data and checkpoints in ``folder``."""

    plan: Plan
    folder: Path

    def baselines(self) -> list[Row]:
        """What no quantum data gives: MMFF94 dynamics alone, and each pretrained network as it is."""
        test = self._test()
        rows = [self._row("MMFF94 dynamics, no training", 0.0, None, 0, mean_error(force_field_jumps, test))]
        for seed in self.plan.seeds:
            network = self._pretrained(seed).network
            rows.append(self._row("pretrained", 0.0, seed, 0, mean_error(network_jumps(network), test)))
        return rows

    def row(self, variant: Variant, fraction: float, seed: int) -> Row:
        """One training on a part of the quantum data, and its error on the test."""
        plan = self.plan
        every = self._data("xtb", plan.trajectories, seed)
        some = every[: max(1, round(fraction * len(every)))]
        trained = train(
            some, some[:1], self._recipe(variant, seed), self.folder / f"{variant.name} {fraction:g} {seed}",
            TEMPERATURE_K, self._saved(seed) if variant.pretrained else None,
        )  # fmt: skip
        calls = len(some) * plan.trajectory_steps
        return self._row(variant.name, fraction, seed, calls, mean_error(network_jumps(trained.network), self._test()))

    def _recipe(self, variant: Variant, seed: int) -> Recipe:
        plan = self.plan
        steps = plan.fine_tuning + (plan.pretraining if variant.longer else 0)
        freeze = plan.frozen_rounds if variant.frozen else 0
        return Recipe(steps=steps, batch=16, freeze=freeze, seed=seed, settings=plan.settings)

    def _pretrained(self, seed: int) -> Trained:
        plan = self.plan
        data = self._data("mmff", 2 * plan.trajectories, seed)
        recipe = Recipe(steps=plan.pretraining, batch=16, seed=seed, settings=plan.settings)
        return train(data, data[:1], recipe, self.folder / f"pretraining {seed}", TEMPERATURE_K)

    def _saved(self, seed: int) -> Path:
        path = self.folder / f"pretrained-{seed}.safetensors"
        if not path.is_file():
            save(path, self._pretrained(seed))
        return path

    def _test(self) -> list[Jumps]:
        return self._data("xtb", self.plan.tests, TEST_SEED, TEST_EVERY)

    def _data(self, force: str, trajectories: int, seed: int, every: int = 1) -> list[Jumps]:
        """Jumps of all trajectories: the split is between trajectories, each from a thermal start of its own."""
        plan = self.plan
        job = Job(
            (plan.jump_molecule,), trajectories, plan.trajectory_steps, temperature_k=TEMPERATURE_K, force=force,
            seed=seed,
        )  # fmt: skip
        files = generate(job, self.folder / f"{force}-{seed}")
        return [cut(read_trajectory(file), plan.k, every=every) for file in files]

    def _row(self, variant: str, fraction: float, seed: int | None, calls: int, error: float) -> Row:
        return Row(MODEL, variant, self.plan.jump_molecule, fraction, seed, calls, error, UNIT)


Predict = Callable[[Jumps], tuple[np.ndarray, np.ndarray]]
"""Jumps -> Δx - v τ in nm and Δv in nm/ps, (J, N, 3) each."""


def network_jumps(network: JumpNetwork) -> Predict:
    """What a network predicts."""
    return lambda jumps: predicted_jumps(network, jumps)


def force_field_jumps(jumps: Jumps) -> tuple[np.ndarray, np.ndarray]:
    """What k base steps on MMFF94 make of every start: no training, no quantum call."""
    molecule = jumps.molecule
    k = round(jumps.tau_ps / BASE_DT_PS)
    integrator = OnForceField(inner_force("mmff", molecule), molecule.masses_da, Step(k))
    starts = zip(jumps.positions_nm, jumps.velocities_nm_ps, strict=True)
    ends = [integrator.step(State(x, v)) for x, v in starts]
    positions, velocities = (np.array([getattr(e, n) for e in ends]) for n in ("positions_nm", "velocities_nm_ps"))
    residuals = positions - jumps.positions_nm - jumps.tau_ps * jumps.velocities_nm_ps
    return residuals, velocities - jumps.velocities_nm_ps


def mean_error(predict: Predict, test: Sequence[Jumps]) -> float:
    """Root mean square error of both residuals in units of their typical norms in the test: 1 for no prediction."""
    scales = scales_and_bounds(test, TEMPERATURE_K)[0]
    squares = []
    for jumps in test:
        due = (jumps.position_residuals_nm, jumps.velocity_changes_nm_ps)
        for quantity, (one, other) in enumerate(zip(predict(jumps), due, strict=True)):
            scale = scales[list(jumps.molecule.numbers), quantity]
            squares.append(np.mean(((one - other) ** 2).sum(axis=2) / scale**2))
    return float(np.sqrt(np.mean(squares)))
