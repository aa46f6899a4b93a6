"""Many successive steps: with derivatives in training, without them in prediction."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from harness.tasks.tddft.models.learned.inputs import MoleculeInputs
from harness.tasks.tddft.models.learned.network import Propagator


def rolled(
    network: Propagator,
    molecules: Sequence[MoleculeInputs],
    start: torch.Tensor,
    fields: torch.Tensor,
    exact: bool,
) -> torch.Tensor:
    """(B, steps+1, n, n) densities from ``start`` (B, n, n); ``fields`` (B, steps, 3) at the middle of each step.

    All molecules have the same shells and number of electrons.
    """
    molecules = list(molecules)
    operators = torch.stack([one.operators for one in molecules])
    dipole = torch.stack([one.dipole for one in molecules])
    along = torch.einsum("btx,bxij->btij", fields, dipole)
    pairs = network.pairs(molecules)
    shells, occupied = molecules[0].shells, molecules[0].occupied
    memory = network.start(len(start))
    density, found = start, [start]
    bundle = network.settings.bundle
    coefficients = torch.empty(0)
    for step in range(fields.shape[1]):
        if step % bundle == 0:
            coefficients, memory = network.coefficients(density, along[:, step], operators, shells, pairs, memory)
        density = network.move(density, coefficients[:, step % bundle], along[:, step], operators, occupied, exact)
        found.append(density)
    return torch.stack(found, dim=1)
