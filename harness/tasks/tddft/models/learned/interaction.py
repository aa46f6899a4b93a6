"""A learned linear interaction between pairs of shells, which depends on the geometry alone.

Coulomb, exchange and the response of a functional are linear maps of δD to first order. In blocks of shell pairs such a
map has one matrix for each two pairs. Here it is W(ab, cd), a function of the embeddings of both pairs and of the
distances between their atoms: it reads the scalar products of the block cd of δD with the blocks of fixed operators and
returns coefficients of the blocks ab of the same operators. The dipole operators enter as a vector, so that the map
commutes with rotations and reflections for any parameters; Re δD and Im δD act on real symmetric and imaginary
antisymmetric results.
"""

from __future__ import annotations

import torch

from harness.tasks.tddft.models.learned.blocks import expanded, summed

SCALARS = 4
CHANNELS = 2
"""Re and Im."""


class Interaction(torch.nn.Module):
    """W(ab, cd) of molecules with the same shells, and its action on δD.

    The number of its rows grows with the fourth power of the number of shells, as that of the integrals does.
    """

    def __init__(self, pair_width: int, distances: int, width: int) -> None:
        super().__init__()
        self.receiver = torch.nn.Linear(pair_width, width)
        self.sender = torch.nn.Linear(pair_width, width, bias=False)
        self.relation = torch.nn.Linear(4 * distances, width, bias=False)
        self.hidden = torch.nn.Linear(width, width)
        self.scalar = torch.nn.Linear(width, (CHANNELS * SCALARS) ** 2)
        self.vector = torch.nn.Linear(width, CHANNELS**2)
        for last in (self.scalar, self.vector):  # it begins as no interaction
            torch.nn.init.zeros_(last.weight)
            torch.nn.init.zeros_(last.bias)

    def weights(self, pairs: torch.Tensor, distances: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, P, P, 8, 8) and (B, P, P, 2, 2) of P = shells² pairs.

        ``pairs`` (B, shells, shells, width), ``distances`` (B, shells, shells, features).
        """
        batch, count = pairs.shape[:2]
        flat = pairs.reshape(batch, count * count, -1)
        seen = self.relation(_between_pairs(distances))
        joined = self.receiver(flat)[:, :, None] + self.sender(flat)[:, None] + seen
        hidden = torch.nn.functional.silu(self.hidden(torch.nn.functional.silu(joined)))
        size = CHANNELS * SCALARS
        return self.scalar(hidden).unflatten(-1, (size, size)), self.vector(hidden).unflatten(-1, (CHANNELS, CHANNELS))

    def forward(
        self,
        change: torch.Tensor,
        weights: tuple[torch.Tensor, torch.Tensor],
        scalars: torch.Tensor,
        vectors: torch.Tensor,
        shells: torch.Tensor,
    ) -> torch.Tensor:
        """(B, n, n) Hermitian of δD (B, n, n); ``scalars`` (B, 4, n, n), ``vectors`` (B, 3, n, n) operators."""
        parts = torch.stack([change.real, change.imag], dim=1)
        count = int(shells.max()) + 1
        read = summed(parts[:, :, None] * scalars[:, None], shells).flatten(1, 2).flatten(-2)
        aimed = summed(parts[:, :, None] * vectors[:, None], shells).flatten(-2)
        found = torch.einsum("bpqij,bjq->bip", weights[0], read).unflatten(-1, (count, count))
        turned = torch.einsum("bpqij,bjxq->bixp", weights[1], aimed).unflatten(-1, (count, count))
        found = found.unflatten(1, (CHANNELS, SCALARS))
        both = (expanded(found, shells) * scalars[:, None]).sum(2) + (expanded(turned, shells) * vectors[:, None]).sum(2)
        real, imaginary = both.unbind(1)
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
