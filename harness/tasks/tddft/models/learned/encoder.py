"""The geometry of a molecule as rotation-invariant numbers for each atom, by an equivariant convolution (e3nn)."""

from __future__ import annotations

from itertools import pairwise

import torch
from e3nn import o3
from e3nn.nn import FullyConnectedNet

from harness.tasks.tddft.systems import ELEMENTS

HIDDEN = "16x0e + 8x1o + 4x2e"
INVARIANTS = 16
RADII = 8
REACH_BOHR = 8.0


class GeometryEncoder(torch.nn.Module):
    """Two rounds of a tensor-product convolution over all pairs of atoms; only the scalars leave it."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(len(ELEMENTS), INVARIANTS)
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
        """(atoms, 3) bohr and (atoms,) element numbers -> (atoms, INVARIANTS)."""
        scalars = self.embedding(charges)
        count = len(places)
        first, second = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
        apart = first != second
        first, second = first[apart], second[apart]
        vectors = places[second] - places[first]
        centres = torch.linspace(0.0, REACH_BOHR, RADII, device=places.device)
        radial = torch.exp(-((vectors.norm(dim=1, keepdim=True) - centres) ** 2) / 2)
        directions = o3.spherical_harmonics(self.harmonics, vectors, normalize=True, normalization="component")
        nodes = scalars
        for product, weights in zip(self.products, self.weights, strict=True):
            messages = product(nodes[first], directions, weights(radial))
            nodes = messages.new_zeros(count, messages.shape[1]).index_add(0, second, messages) / max(1, count - 1)
        return scalars + nodes
