"""What the learning curves measure: molecules, parts of the quantum data, seeds, sizes of the trainings."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.errors import InputError
from harness.tasks.kstep.jump.network import Settings

TEST_SEED = 1000
"""Of the test data, which no training has: seeds of trainings are smaller."""


@dataclass(frozen=True)
class Plan:
    """Learning curves of one molecule for jumps and of one for the correction.

    Parameters
    ----------
    fractions
        Parts of the quantum data; the smaller ones are contained in the larger ones.
    seeds
        Each draws its own data, its own random weights and its own order of the batches.
    trajectories, trajectory_steps
        The quantum data of the jumps at fraction 1, and the base steps of each trajectory. The force field has twice
        as many trajectories.
    tests
        Trajectories of the test, and for the correction a fifth of ``labels``.
    pretraining, fine_tuning
        Steps of the optimiser.
    labels
        Quantum labels of the correction at fraction 1.
    """

    jump_molecule: str = "methanol"
    correction_molecule: str = "methanol"
    fractions: tuple[float, ...] = (0.1, 0.3, 1.0)
    seeds: tuple[int, ...] = (0, 1, 2)
    k: int = 4
    trajectories: int = 10
    trajectory_steps: int = 400
    tests: int = 6
    pretraining: int = 1000
    fine_tuning: int = 500
    frozen_rounds: int = 2
    settings: Settings = field(default_factory=lambda: Settings(width=32, rounds=3))
    labels: int = 400
    centres: int = 120
    widths: tuple[float, ...] = (1.5, 2.0, 3.0, 4.0, 8.0, 16.0)

    def __post_init__(self) -> None:
        if not self.fractions or min(self.fractions) <= 0 or max(self.fractions) > 1:
            raise InputError(f"fractions {self.fractions}: each must be above 0 and at most 1")
        if not self.seeds or min(self.seeds) < 0 or max(self.seeds) >= TEST_SEED:
            raise InputError(f"seeds {self.seeds}: whole numbers from 0 to {TEST_SEED - 1}; {TEST_SEED} is the test's")


@dataclass(frozen=True)
class Row:
    """One training, or one baseline that needs none (``seed`` None, fraction 0).

    ``error`` is, for jumps, the root mean square error over the root mean square of the jump (1 for no prediction);
    for the correction, the root mean square error of the total force in kJ/mol/nm. ``quantum_calls`` is the size of
    the quantum data that the training had.
    """

    model: str
    variant: str
    molecule: str
    fraction: float
    seed: int | None
    quantum_calls: int
    error: float
    unit: str
    note: str = ""
