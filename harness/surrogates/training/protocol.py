"""The interface that the trainer requires of every model.

A model family is trained by giving the trainer a :class:`Trainable`: an object that holds a ``torch.nn.Module``, turns
blocks of data into any form that it can index, makes a batch of some rows, and computes the loss of the module on it. A
dense model gathers rows of tensors; a graph model builds ragged batches. Rows are counted over all blocks together, in
their order: row r of ``prepare([a, b])`` is row r of ``a``, or row r - len(a) of ``b``.

Subclass :class:`TrainableModel` to inherit the order of an epoch; override :meth:`TrainableModel.epoch_order` to bucket
rows by size. All random numbers must come from the generators provided: ``epoch_order`` gets a generator that depends
on the seed and the epoch only, and torch's own generator is seeded in the same way before each epoch (dropout).
Therefore a resumed run is bit-identical.

A minimal family::

    class Line(TrainableModel):
        name = "line"

        def __init__(self):
            self.module = torch.nn.Linear(2, 1)

        def settings(self):
            return {}

        def prepare(self, blocks):
            rates = [b.arrays["rate"] for b in blocks]
            return np.concatenate(rates), np.concatenate([b.signal("place")[:, -1] for b in blocks])

        def batch(self, prepared, rows, device):
            return tuple(torch.as_tensor(x[rows], dtype=torch.float32, device=device) for x in prepared)

        def loss(self, batch):
            residual = self.module(batch[0])[:, 0] - batch[1]
            return residual.square().mean(), {}

        def errors(self, batch):
            return (self.module(batch[0])[:, 0] - batch[1]).abs()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from harness.data.block import Block
from harness.surrogates.training.order import epoch_rows

if TYPE_CHECKING:
    import torch


@runtime_checkable
class Trainable(Protocol):
    """A model family with a module to train.

    ``name`` is the name among the models of the task; ``module`` the network whose parameters are trained and saved
    (its state dictionary is the weights file); ``measure`` what :meth:`errors` gives, as the label of an axis.
    """

    name: str
    measure: str
    module: torch.nn.Module

    def settings(self) -> Mapping[str, Any]:
        """Plain JSON values from which the module can be built again; saved with the weights."""
        ...

    def prepare(self, blocks: Sequence[Block]) -> Any:
        """The data that :meth:`batch` indexes, made once for the training rows and once for the validation rows.

        It may scale, rotate into frames, or list edges; it must not draw random numbers.
        """
        ...

    def batch(self, prepared: Any, rows: np.ndarray, device: torch.device) -> Any:
        """The batch of these rows on ``device``."""
        ...

    def loss(self, batch: Any) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        """The scalar to minimise, and its named parts for the learning curve (detached scalars; may be empty)."""
        ...

    def errors(self, batch: Any) -> torch.Tensor:
        """(rows,) error of each row, in the metric of the task; called in eval mode without gradients."""
        ...

    def epoch_order(
        self, prepared: Any, weights: np.ndarray, batch_size: int, rows_per_epoch: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """The batches of one epoch as arrays of rows; ``weights`` (rows,) are sampling probabilities that sum to 1."""
        ...


class TrainableModel:
    """Base of a family: the order of an epoch is drawn by :func:`harness.surrogates.training.order.epoch_rows`."""

    measure = "error"

    def epoch_order(
        self, prepared: Any, weights: np.ndarray, batch_size: int, rows_per_epoch: int, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Batches of rows in the drawn order; the last one may be smaller."""
        rows = epoch_rows(weights, rows_per_epoch, rng)
        return [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
