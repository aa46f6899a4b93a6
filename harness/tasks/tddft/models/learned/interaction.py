"""A learned linear interaction between pairs of shells, which depends on the geometry alone.

Coulomb, exchange and the response of a functional are linear maps of δD to first order. In blocks of shell pairs such a
map has one matrix for each two pairs. Here it is W(ab, cd), a function of the embeddings of both pairs and of the
distances between their atoms: it reads the scalar products of the block cd of δD with the blocks of fixed operators and
returns coefficients of the blocks ab of the same operators. The dipole operators enter as a vector, so that the map
commutes with rotations and reflections for any parameters.

Two more properties of the true map hold for any parameters. The orbitals are real, so that it does not mix Re δD and
Im δD; and it is the second derivative of an energy, so that W(ab, cd) is the transpose of W(cd, ab).
"""

from __future__ import annotations

import torch

from harness.tasks.tddft.models.learned.blocks import unit_blocks

SCALARS = 4
CHANNELS = 2
"""Re and Im."""


class Interaction(torch.nn.Module):
    """W(ab, cd) of molecules with the same shells, as one matrix on Re δD and one on Im δD.

    W has as many rows as the fourth power of the number of shells, as the table of two-electron integrals has.
    """

    def __init__(self, pair_width: int, distances: int, width: int) -> None:
        super().__init__()
        self.receiver = torch.nn.Linear(pair_width, width)
        self.sender = torch.nn.Linear(pair_width, width, bias=False)
        self.relation = torch.nn.Linear(4 * distances, width, bias=False)
        self.hidden = torch.nn.Linear(width, width)
        self.scalar = torch.nn.Linear(width, CHANNELS * SCALARS**2)
        self.vector = torch.nn.Linear(width, CHANNELS)
        for last in (self.scalar, self.vector):  # it begins as no interaction
            torch.nn.init.zeros_(last.weight)
            torch.nn.init.zeros_(last.bias)

    def forward(
        self,
        pairs: torch.Tensor,
        distances: torch.Tensor,
        operators: torch.Tensor,
        dipole: torch.Tensor,
        shells: torch.Tensor,
    ) -> torch.Tensor:
        """(B, 2, n², n²) real and symmetric.

        ``pairs`` (B, shells, shells, width), ``distances`` (B, shells, shells, features), ``operators`` (B, 4, n, n),
        ``dipole`` (B, 3, n, n).
        """
        batch, count = pairs.shape[:2]
        flat = pairs.reshape(batch, count * count, -1)
        joined = self.receiver(flat)[:, :, None] + self.sender(flat)[:, None] + self.relation(_between_pairs(distances))
        hidden = torch.nn.functional.silu(self.hidden(torch.nn.functional.silu(joined)))
        scalar = self.scalar(hidden).unflatten(-1, (CHANNELS, SCALARS, SCALARS))
        vector = self.vector(hidden)
        place = (shells[:, None] * count + shells).flatten()  # (n²,) the pair of each element
        fixed, aimed = unit_blocks(operators, shells).flatten(2), unit_blocks(dipole, shells, together=True).flatten(2)
        read = torch.einsum("bpqckj,bjq->bpckq", scalar[:, :, place], fixed)
        matrix = torch.einsum("bpckq,bkp->bcpq", read[:, place], fixed)
        matrix = matrix + torch.einsum("bpqc,bxp,bxq->bcpq", vector[:, place][:, :, place], aimed, aimed)
        return (matrix + matrix.mT) / 2


def interaction(matrix: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
    """(B, n, n) Hermitian of δD (B, n, n)."""
    both = torch.stack([change.real.flatten(1), change.imag.flatten(1)], dim=1)
    real, imaginary = (matrix @ both[..., None]).reshape(len(change), 2, *change.shape[1:]).unbind(1)
    return torch.complex(real + real.mT, imaginary - imaginary.mT) / 2


def _between_pairs(distances: torch.Tensor) -> torch.Tensor:
    """(B, P, P, 4·features): from a to c, a to d, b to c, b to d of the pairs ab and cd."""
    batch, count, _, features = distances.shape
    shape = (batch, count, count, count, count, features)
    parts = [
        distances[:, :, None, :, None].expand(shape),
        distances[:, :, None, None, :].expand(shape),
        distances[:, None, :, :, None].expand(shape),
        distances[:, None, :, None, :].expand(shape),
    ]
    return torch.cat(parts, dim=-1).reshape(batch, count**2, count**2, 4 * features)
