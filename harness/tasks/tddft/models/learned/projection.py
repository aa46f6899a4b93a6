"""From a matrix to a density D² = D of a given rank: with a derivative, and exactly."""

from __future__ import annotations

import torch


def purified(density: torch.Tensor, steps: int = 2) -> torch.Tensor:
    """McWeeny's 3D² - 2D³ of the Hermitian part: towards D² = D (of D itself; of 2D it diverges)."""
    density = (density + density.mH) / 2
    for _ in range(steps):
        square = density @ density
        density = 3 * square - 2 * square @ density
    return density


def nearest_projector(density: torch.Tensor, occupied: int) -> torch.Tensor:
    """The projector on the eigenvectors of the largest eigenvalues."""
    vectors = torch.linalg.eigh((density + density.mH) / 2)[1][..., -occupied:]
    return vectors @ vectors.mH
