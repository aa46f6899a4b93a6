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
    known = network.prepare(molecules)
    along = torch.einsum("btx,bxij->btij", fields, known.dipole)
    halves = network.halves(along, known)
    memory = network.start(len(start))
    density, found = start, [start]
    bundle = network.settings.bundle
    coefficients = torch.empty(0)
    for step in range(fields.shape[1]):
        half = halves[:, step]
        middle = half @ density @ half.mH
        if step % bundle == 0:
            change = middle - known.operators[:, 3]
            coefficients, memory = network.coefficients(change, along[:, step], known, memory)
        density = network.move(middle, coefficients[:, step % bundle], along[:, step], half, known, exact)
        found.append(density)
    return torch.stack(found, dim=1)
