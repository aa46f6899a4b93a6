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
    linear: bool = False,
) -> torch.Tensor:
    """(B, steps+1, n, n) densities from ``start`` (B, n, n); ``fields`` (B, steps, 3) at the middle of each step.

    All molecules have the same shells and number of electrons. With ``linear`` the interaction acts alone, without the
    correction.
    """
    known = network.prepare(molecules)
    along = torch.einsum("btx,bxij->btij", fields, known.dipole)
    halves = network.halves(along, known)
    memory = network.start(len(start))
    density, found = start, [start]
    bundle = network.settings.bundle
    coefficients: torch.Tensor | None = None
    for step in range(fields.shape[1]):
        half = halves[:, step]
        middle = half @ density @ half.mH
        if step % bundle == 0 and not linear:
            change = middle - known.operators[:, 3]
            coefficients, memory = network.coefficients(change, along[:, step], known, memory)
        now = None if coefficients is None else coefficients[:, step % bundle]
        density = network.move(middle, now, along[:, step], half, known, exact)
        found.append(density)
    return torch.stack(found, dim=1)
