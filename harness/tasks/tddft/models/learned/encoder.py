"""The geometry of a molecule as rotation-invariant numbers for each atom, by an equivariant convolution (e3nn)."""

from __future__ import annotations

from itertools import pairwise

import torch
from e3nn import o3
from e3nn.nn import FullyConnectedNet

HIDDEN = "16x0e + 8x1o + 4x2e"
INVARIANTS = 16
RADII = 8
REACH_BOHR = 8.0


class GeometryEncoder(torch.nn.Module):
    """Two rounds of a tensor-product convolution over all pairs of atoms; only the scalars leave it."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = FullyConnectedNet([1, INVARIANTS, INVARIANTS], torch.nn.functional.silu)
        self.harmonics = o3.Irreps.spherical_harmonics(2)
        irreps = [o3.Irreps(f"{INVARIANTS}x0e"), o3.Irreps(HIDDEN), o3.Irreps(f"{INVARIANTS}x0e")]
        products = [
            o3.FullyConnectedTensorProduct(before, self.harmonics, after, shared_weights=False)
            for before, after in pairwise(irreps)
        ]
        self.products = torch.nn.ModuleList(products)
        self.weights = torch.nn.ModuleList(
            FullyConnectedNet([RADII, 32, product.weight_numel], torch.nn.functional.silu) for product in products
        )

    def forward(self, places: torch.Tensor, charges: torch.Tensor) -> torch.Tensor:
        """(B, atoms, 3) bohr and (B, atoms) nuclear charges over 10 -> (B, atoms, INVARIANTS)."""
        batch, count = charges.shape
        first, second = torch.nonzero(~torch.eye(count, dtype=torch.bool), as_tuple=True)
        shift = count * torch.arange(batch)[:, None]
        first, second = (shift + first).flatten(), (shift + second).flatten()
        places, scalars = places.flatten(0, 1), self.embedding(charges.flatten()[:, None])
        vectors = places[second] - places[first]
        centres = torch.linspace(0.0, REACH_BOHR, RADII, dtype=places.dtype)
        radial = torch.exp(-((vectors.norm(dim=1, keepdim=True) - centres) ** 2) / 2)
        directions = o3.spherical_harmonics(self.harmonics, vectors, normalize=True, normalization="component")
        nodes = scalars
        for product, weights in zip(self.products, self.weights, strict=True):
            messages = product(nodes[first], directions, weights(radial))
            nodes = messages.new_zeros(len(places), messages.shape[1]).index_add(0, second, messages)
            nodes = nodes / max(1, count - 1)
        return (scalars + nodes).unflatten(0, (batch, count))
