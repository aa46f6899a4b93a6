"""Matrices in blocks of shell pairs."""

from __future__ import annotations

import torch

SMALL_BLOCK = 0.1


def summed(matrices: torch.Tensor, shells: torch.Tensor) -> torch.Tensor:
    """(…, n, n) -> (…, shells, shells) sums over blocks."""
    count = int(shells.max()) + 1
    rows = matrices.new_zeros(*matrices.shape[:-2], count, matrices.shape[-1]).index_add(-2, shells, matrices)
    return rows.new_zeros(*rows.shape[:-1], count).index_add(-1, shells, rows)


def expanded(blocks: torch.Tensor, shells: torch.Tensor) -> torch.Tensor:
    """(…, shells, shells) -> (…, n, n), each number on all of its block."""
    return blocks[..., shells[:, None], shells]


def unit_blocks(matrices: torch.Tensor, shells: torch.Tensor, together: bool = False) -> torch.Tensor:
    """Every block over the root of its square sum plus SMALL_BLOCK²; ``together``: over the last three axes, so that a
    vector of matrices keeps its direction."""
    squares = summed(matrices**2, shells)
    if together:
        squares = squares.sum(dim=-3, keepdim=True)
    return matrices / expanded((squares + SMALL_BLOCK**2).sqrt(), shells)
