"""Rows of an epoch: every epoch another order, each the same whenever it is asked for."""

from __future__ import annotations

import numpy as np

from harness.surrogates.training.order import epoch_generator, epoch_rows, torch_seed

EQUAL = np.full(50, 1 / 50)
UNEQUAL = np.arange(1.0, 51.0) / np.arange(1.0, 51.0).sum()


def order(weights: np.ndarray, seed: int, epoch: int) -> list[int]:
    return epoch_rows(weights, 50, epoch_generator(seed, epoch)).tolist()


def test_every_epoch_has_an_order_of_its_own() -> None:
    for weights in (EQUAL, UNEQUAL):
        orders = [tuple(order(weights, 3, epoch)) for epoch in range(8)]
        assert len(set(orders)) == 8
        assert order(weights, 3, 5) == list(orders[5]), "the same whenever it is asked for"
        assert order(weights, 4, 5) != list(orders[5])
    assert len({torch_seed(3, epoch) for epoch in range(8)}) == 8


def test_every_row_comes_as_often_as_its_weight_says() -> None:
    assert sorted(order(EQUAL, 3, 1)) == list(range(50))
    counts = np.bincount(order(UNEQUAL, 3, 1), minlength=50)
    assert np.all(np.abs(counts - 50 * UNEQUAL) < 1)
