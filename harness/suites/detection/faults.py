"""Faults as data, and the wrapper that adds one to a correct model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.surrogates import Prediction
from harness.task import Grid

SystemChange = Callable[[Any, float], Any]
OutputChange = Callable[[Any, Any, float, np.random.Generator], Any]
BatchChange = Callable[[list[Any], Sequence[Any], float], list[Any]]
GridChange = Callable[[Any, float], Any]
SpreadChange = Callable[[Any, float, np.random.Generator], Any]


@dataclass(frozen=True)
class Fault:
    """One known mistake.

    One of the changes is set (two for some null faults): of the ``system`` that the model really computes, of
    the ``grid``, of each ``output``, of the whole ``batch`` of outputs, or of the ``uncertainty`` that it states.
    ``size`` scales it (``unit``; 0 would be no fault); None: the fault has no size. ``harmless`` marks null faults,
    which must not be detected. ``carrier`` names the correct model of the plan to which it is added.
    """

    name: str
    what: str
    size: float | None = None
    unit: str = ""
    system: SystemChange | None = None
    grid: GridChange | None = None
    output: OutputChange | None = None
    batch: BatchChange | None = None
    uncertainty: SpreadChange | None = None
    harmless: bool = False
    carrier: str = "exact"

    def sized(self, size: float) -> Fault:
        """The same fault with another size."""
        return replace(self, size=size)


class Faulty:
    """A model with one fault; ``predict`` as every surrogate."""

    def __init__(self, model: Any, fault: Fault, seed: int = 8) -> None:
        self.model, self.fault, self.seed = model, fault, seed
        self.name = fault.name
        self.observables = model.observables

    def predict(self, systems: Sequence[Any], grid: Grid, uncertainty: str = "none") -> Prediction:
        """The prediction of the model, with the fault applied; the same call gives the same answer."""
        fault, size = self.fault, self.fault.size or 0.0
        requested = [fault.system(s, size) for s in systems] if fault.system else list(systems)
        on = fault.grid(grid, size) if fault.grid else grid
        found = self.model.predict(requested, on, uncertainty)
        # The samples of another grid are returned as if they belonged to the requested one.
        mean = [replace(one, grid=grid) for one in found.mean] if fault.grid else list(found.mean)
        if fault.output:
            mean = [fault.output(one, s, size, self._generator(s)) for one, s in zip(mean, systems, strict=True)]
        if fault.batch:
            mean = fault.batch(mean, systems, size)
        found = replace(found, mean=tuple(mean))
        if fault.uncertainty:
            found = fault.uncertainty(found, size, np.random.default_rng(self.seed))
        return found

    def _generator(self, system: Any) -> np.random.Generator:
        return np.random.default_rng([self.seed, int(system.fingerprint[:8], 16)])
