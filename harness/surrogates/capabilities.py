"""Capabilities of a trained model besides prediction, declared by its type: for calibration and tables of networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from harness.data.block import Block
from harness.surrogates.base import Prediction, Uncertainty
from harness.surrogates.conformal import Traits


@runtime_checkable
class Calibratable(Protocol):
    """A model whose bands and standard deviations can be calibrated."""

    @property
    def banded(self) -> tuple[str, ...]:
        """Observables that get bands."""
        ...

    def predict(self, systems: Sequence[Any], grid: Any, uncertainty: Uncertainty = "none") -> Prediction:
        """As for every surrogate."""
        ...

    def traits(self, systems: Sequence[Any]) -> Traits:
        """The properties of these systems on which the uncertainty may depend."""
        ...

    def raw_spread(self, systems: Sequence[Any]) -> np.ndarray | None:
        """(n,) RMS spread of each case over passes with dropout; None for a model without dropout."""
        ...


@runtime_checkable
class Sized(Protocol):
    """A model that predicts only systems of some sizes."""

    def takes(self, system: Any) -> bool:
        """True if it has a network for systems of this size."""
        ...


@runtime_checkable
class Horizons(Protocol):
    """A model with a calibration for each of several horizons."""

    @property
    def calibrations(self) -> Sequence[Any]:
        """The calibrations that it has."""
        ...


def answers_block(model: Any, block: Block) -> bool:
    """True unless the model states that it has no network for systems of this size."""
    return model.takes(block.take([0]).systems()[0]) if isinstance(model, Sized) else True
