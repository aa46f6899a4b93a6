"""The learned propagator as the common training loop takes it: windows of trajectories, a rollout loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from harness.tasks.tddft.dataset import StoredTrajectory
from harness.tasks.tddft.models.learned.inputs import MoleculeInputs
from harness.tasks.tddft.models.learned.network import Propagator, Settings
from harness.tasks.tddft.models.learned.rollout import rolled
from harness.tasks.tddft.structure import structure_of


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of ``steps`` samples of trajectories: ``densities`` (rows, steps+1, n, n), ``fields`` (rows, steps, 3).

    All rows have the same shells; ``molecules`` (rows,) are their inputs, ``sizes`` (rows,) the mean |D - D0|² of the
    trajectories that they belong to. ``fidelity`` is the class of the rows for the common loop.
    """

    molecules: tuple[MoleculeInputs, ...]
    densities: torch.Tensor
    fields: torch.Tensor
    sizes: torch.Tensor
    fidelity: str = "cfm4"

    def __len__(self) -> int:
        return len(self.molecules)

    def rows(self, places: list[int]) -> Windows:
        """Some of them."""
        chosen = tuple(self.molecules[k] for k in places)
        return Windows(chosen, self.densities[places], self.fields[places], self.sizes[places], self.fidelity)

    @classmethod
    def of(cls, trajectories: Sequence[StoredTrajectory], steps: int, stride: int) -> Windows:
        """The windows that begin at multiples of ``stride``, without those in which almost nothing moves."""
        molecules, densities, fields, sizes = [], [], [], []
        for one in trajectories:
            structure = structure_of(one.system)
            inputs = MoleculeInputs.of(structure)
            grid, samples = one.evolution.grid, one.evolution.densities
            assert samples is not None
            middle = np.array([one.system.field.at(time + grid.dt_au / 2) for time in grid.times_au[:-1]])
            motion = (np.abs(samples - structure.ground) ** 2).sum(axis=(1, 2, 3))
            for first in range(0, grid.points - steps, stride):
                if motion[first : first + steps + 1].max() < QUIET * motion.mean():
                    continue
                molecules.append(inputs)
                densities.append(torch.tensor(samples[first : first + steps + 1, 0], dtype=torch.complex64))
                fields.append(torch.tensor(middle[first : first + steps], dtype=torch.float32))
                sizes.append(float(motion.mean()))
        return cls(tuple(molecules), torch.stack(densities), torch.stack(fields), torch.tensor(sizes))


class TrainablePropagator:
    """The rollout loss: mean |D - D_true|² over steps, relative to the mean |D_true - D0|² of the trajectory.

    Relative to the window alone the quiet time before a pulse would weigh as much as the pulse.

    A one-step loss on the change of D is the reconstruction loss over dt² and teaches nothing else (docs/tddft.md).

    ``linear``: the interaction is trained alone. Trained together from the beginning the correction takes over what is
    of first order in δD, and fails where the motion is strong.
    """

    name = "tddft-propagator"
    measure = "relative error of D"

    def __init__(self, settings: Settings, seed: int) -> None:
        torch.manual_seed(seed)
        self.options, self.linear = settings, False
        self.module = Propagator(settings)

    def settings(self) -> Mapping[str, Any]:
        """Plain values from which the module is built again."""
        return self.options.as_dict()

    def prepare(self, blocks: Sequence[Windows]) -> list[Windows]:
        """As they are."""
        return list(blocks)

    def epoch_order(
        self,
        prepared: list[Windows],
        weights: np.ndarray,
        batch_size: int,
        rows_per_epoch: int,
        rng: np.random.Generator,
    ) -> list[np.ndarray]:
        """Batches of rows of one set of shells each, in drawn order."""
        batches, first = [], 0
        for block in prepared:
            rows = first + rng.permutation(len(block))
            batches += [rows[k : k + batch_size] for k in range(0, len(rows), batch_size)]
            first += len(block)
        return [batches[k] for k in rng.permutation(len(batches))]

    def batch(self, prepared: list[Windows], rows: np.ndarray, device: torch.device) -> Windows:
        """The windows of rows that lie in one block."""
        first = 0
        for block in prepared:
            if rows[0] < first + len(block):
                return block.rows([int(row) - first for row in rows if row < first + len(block)])
            first += len(block)
        raise IndexError(rows[0])

    def loss(self, batch: Windows) -> tuple[torch.Tensor, dict[str, Any]]:
        """The mean over the windows."""
        return self._squares(batch).mean(), {}

    def errors(self, batch: Windows) -> torch.Tensor:
        """(rows,) relative error of D."""
        return self._squares(batch).sqrt()

    def _squares(self, batch: Windows) -> torch.Tensor:
        found = rolled(self.module, batch.molecules, batch.densities[:, 0], batch.fields, False, self.linear)
        wrong = (found - batch.densities).abs().square().sum(dim=(-1, -2)).mean(dim=1)
        return wrong / (batch.sizes + FLOOR)


QUIET = 1e-2
"""Motion below this fraction of the mean of its trajectory, such as that before a pulse, has no weight in the loss."""
FLOOR = 1e-9
"""Trajectories with almost no motion must not dominate the loss: |D - D0| of 3e-5, some hundred times rounding."""
