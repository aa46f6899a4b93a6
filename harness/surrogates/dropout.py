"""Monte Carlo dropout: the spread of passes with active dropout.

Source: Y. Gal, Z. Ghahramani, Dropout as a Bayesian Approximation, ICML 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

PASSES = 10
SEED = 20260101


@contextmanager
def dropout_on(module: nn.Module) -> Iterator[None]:
    """Dropout layers active, all other layers in evaluation mode; afterwards the previous modes are restored."""
    layers = [layer for layer in module.modules() if isinstance(layer, nn.modules.dropout._DropoutNd)]
    before = module.training, [layer.training for layer in layers]
    module.eval()
    for layer in layers:
        layer.train()
    try:
        yield
    finally:
        module.train(before[0])
        for layer, was in zip(layers, before[1], strict=True):
            layer.train(was)


def mc_spread(
    module: nn.Module, predict: Callable[[], Tensor], passes: int = PASSES, seed: int = SEED
) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (n-1) over ``passes`` calls of ``predict`` with dropout on.

    The same seed gives the same answer; the state of torch's own generator is not changed.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad(), dropout_on(module):
        torch.manual_seed(seed)
        every = torch.stack([predict() for _ in range(passes)])
    return every.mean(0), every.std(0)


def has_dropout(module: nn.Module) -> bool:
    """Is there a dropout layer with a probability above zero?"""
    return any(isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0 for layer in module.modules())
