"""The errors of a network on a set of jumps: the loss of its training, and relative errors of jumps and forces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from harness.tasks.kstep.data.pairs import Jumps
from harness.tasks.kstep.jump.network import JumpNetwork, graph_distances


@dataclass(frozen=True, eq=False)
class Batch:
    """Jumps of one molecule as float32 tensors."""

    numbers: Tensor
    graph: Tensor
    x: Tensor
    v: Tensor
    forces: Tensor
    residuals: Tensor
    changes: Tensor
    tau_ps: float

    @classmethod
    def of(cls, jumps: Jumps) -> Batch:
        """All jumps of a set."""
        molecule = jumps.molecule
        return cls(
            numbers=torch.tensor(molecule.numbers),
            graph=graph_distances(len(molecule), molecule.bonds),
            x=_single(jumps.positions_nm),
            v=_single(jumps.velocities_nm_ps),
            forces=_single(jumps.forces),
            residuals=_single(jumps.position_residuals_nm),
            changes=_single(jumps.velocity_changes_nm_ps),
            tau_ps=jumps.tau_ps,
        )

    def __len__(self) -> int:
        return len(self.x)

    def chosen(self, rows: np.ndarray) -> Batch:
        """The jumps of these rows."""
        some = torch.as_tensor(rows)
        return replace(
            self, x=self.x[some], v=self.v[some], forces=self.forces[some], residuals=self.residuals[some],
            changes=self.changes[some],
        )  # fmt: skip


def _single(array: np.ndarray) -> Tensor:
    return torch.as_tensor(array, dtype=torch.float32)


def loss_of(network: JumpNetwork, batch: Batch, force_weight: float) -> Tensor:
    """Mean squares of both residuals, and ``force_weight`` times that of the forces over the mean square force."""
    loss = jump_error(network, batch)
    if force_weight:
        forces = network.forces(batch.numbers, batch.graph, batch.x)
        loss = loss + force_weight * ((forces - batch.forces) ** 2).mean() / (batch.forces**2).mean()
    return loss


def jump_error(network: JumpNetwork, batch: Batch) -> Tensor:
    """Mean squares of both residuals in units of the typical norms."""
    found = network(batch.numbers, batch.graph, batch.x, batch.v, batch.tau_ps)
    error = batch.x.new_zeros(())
    for quantity, (one, due) in enumerate(zip(found, (batch.residuals, batch.changes), strict=True)):
        scale = network.scales[batch.numbers, quantity][:, None]
        error = error + (((one - due) / scale) ** 2).sum(dim=-1).mean()
    return error


def relative_error(network: JumpNetwork, sets: Sequence[Batch]) -> float:
    """Root mean square error of the jumps over their root mean square: 1 for a network that predicts nothing."""
    network.eval()
    with torch.no_grad():
        errors = [float(jump_error(network, one)) / 2 for one in sets]
    return float(np.sqrt(np.mean(errors)))


def relative_force_error(network: JumpNetwork, sets: Sequence[Batch]) -> float:
    """Root mean square error of the force head over the root mean square of the forces."""
    network.eval()
    errors = []
    for one in sets:
        apart = network.forces(one.numbers, one.graph, one.x) - one.forces
        errors.append(float((apart.detach() ** 2).mean() / (one.forces**2).mean()))
    return float(np.sqrt(np.mean(errors)))


def errors_in_words(curve: Sequence[Mapping[str, float]]) -> str:
    """The errors of the last row of a learning curve; checkpoints of earlier versions have no error of the forces."""
    last = curve[-1]
    forces = f", of forces {last['forces']:.4f}" if "forces" in last else ""
    return f"validation error of jumps {last['validation']:.4f}{forces}"


def predicted_jumps(network: JumpNetwork, jumps: Jumps) -> tuple[np.ndarray, np.ndarray]:
    """Δx - v τ in nm and Δv in nm/ps of all jumps, (J, N, 3) each."""
    one = Batch.of(jumps)
    network.eval()
    with torch.no_grad():
        residuals, changes = network(one.numbers, one.graph, one.x, one.v, one.tau_ps)
    return residuals.double().numpy(), changes.double().numpy()
