"""The rows of an epoch and their order: a function of seed and epoch only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.data.block import Block
from harness.errors import InputError


def epoch_generator(seed: int, epoch: int) -> np.random.Generator:
    """The generator of one epoch: it does not depend on the previous epoch, so that no state can be lost."""
    return np.random.default_rng(np.random.SeedSequence([seed, epoch]))


def torch_seed(seed: int, epoch: int) -> int:
    """Seed of torch's generator (dropout) in one epoch, as a 63-bit integer."""
    return int(np.random.SeedSequence([seed, epoch, 1]).generate_state(1, np.uint64)[0] >> 1)


def sampling_weights(blocks: Sequence[Block], shares: Mapping[str, float]) -> np.ndarray:
    """(rows,) probability of each row: a fidelity class with share s and n rows gives each of them s/n.

    Shares of classes without rows are distributed over the others in proportion. Without shares all rows are equal.

    Raises
    ------
    InputError
        If a class has rows but no share, or there are no rows at all.
    """
    counts: dict[str, int] = {}
    for block in blocks:
        counts[block.fidelity] = counts.get(block.fidelity, 0) + len(block)
    total = sum(counts.values())
    if not total:
        raise InputError("no rows to train on: the mix has no training part for this model")
    if not shares:
        return np.full(total, 1 / total)
    for fidelity in counts:
        if not shares.get(fidelity):
            raise InputError(f"sampling weights: class {fidelity!r} has rows but no share (shares: {dict(shares)})")
    weights = np.concatenate([np.full(len(b), shares[b.fidelity] / counts[b.fidelity]) for b in blocks])
    return weights / weights.sum()


def epoch_rows(weights: np.ndarray, rows_per_epoch: int, rng: np.random.Generator) -> np.ndarray:
    """(rows_per_epoch,) rows of an epoch.

    Equal weights: a permutation, cut or repeated to length, so that all rows occur equally often (± 1). Unequal
    weights: systematic sampling, in which row r occurs floor or ceil of rows_per_epoch·weight_r times; then shuffled.
    """
    n = len(weights)
    if np.all(weights == weights[0]):
        permutations = [rng.permutation(n) for _ in range(-(-rows_per_epoch // n))]
        return np.concatenate(permutations)[:rows_per_epoch]
    shuffled = rng.permutation(n)
    edges = np.cumsum(weights[shuffled]) * rows_per_epoch
    points = np.arange(rows_per_epoch) + rng.uniform()
    picked = np.minimum(np.searchsorted(edges, points, side="right"), n - 1)
    return rng.permutation(shuffled[picked])
