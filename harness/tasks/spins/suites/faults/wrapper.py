"""Faults as data, and the wrapper that applies one to a subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

SystemChange = Callable[[SpinSystem, float], SpinSystem]
OutputChange = Callable[[Trajectory, SpinSystem, float, np.random.Generator], Trajectory]
BatchChange = Callable[[list[Trajectory], Sequence[SpinSystem], float], list[Trajectory]]
GridChange = Callable[[TimeGrid, float], TimeGrid]
SpreadChange = Callable[[Prediction, float, np.random.Generator], Prediction]


@dataclass(frozen=True)
class Fault:
    """One known mistake.

    One of the changes is set (two for some null faults): of the ``system`` that the subject is really asked about, of
    the ``grid``, of each ``output``, of the whole ``batch`` of outputs, or of what it says of its ``uncertainty``.
    ``size`` scales it (``unit``; 0 would be no fault); None: it is there or not. ``harmless`` marks null faults, which
    must not be caught. ``carrier`` says which correct subject it is wrapped round.
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
    carrier: Literal["exact", "honest"] = "exact"

    def sized(self, size: float) -> Fault:
        """The same fault with another size."""
        return replace(self, size=size)


class Faulty:
    """A model with one fault; ``predict`` as every surrogate."""

    def __init__(self, model: Any, fault: Fault, seed: int = 8) -> None:
        self.model, self.fault, self.seed = model, fault, seed
        self.name = fault.name
        self.observables = model.observables

    def predict(self, systems: Sequence[SpinSystem], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        """What the model says, with the fault applied; the same call gives the same answer."""
        fault, size = self.fault, self.fault.size or 0.0
        asked = [fault.system(s, size) for s in systems] if fault.system else list(systems)
        on = fault.grid(grid, size) if fault.grid else grid
        said = self.model.predict(asked, on, uncertainty)
        mean = [on_grid(one, grid) for one in said.mean] if fault.grid else list(said.mean)
        if fault.output:
            mean = [fault.output(one, s, size, self._generator(s)) for one, s in zip(mean, systems, strict=True)]
        if fault.batch:
            mean = fault.batch(mean, systems, size)
        said = replace(said, mean=tuple(mean))
        if fault.uncertainty:
            said = fault.uncertainty(said, size, np.random.default_rng(self.seed))
        return said

    def _generator(self, system: SpinSystem) -> np.random.Generator:
        return np.random.default_rng([self.seed, int(system.fingerprint[:8], 16)])


def on_grid(one: Trajectory, grid: TimeGrid) -> Trajectory:
    """The same samples said to be those of another grid."""
    return Trajectory(grid, one.provenance, one.mx, one.my, one.i1z, one.spin_signals, one.spin_polarisations)


def with_arrays(one: Trajectory, **arrays: np.ndarray | None) -> Trajectory:
    """A trajectory with some arrays replaced."""
    kept = {name: getattr(one, name) for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations")}
    return Trajectory(one.grid, one.provenance, **{**kept, **arrays})


def with_m(one: Trajectory, m: np.ndarray) -> Trajectory:
    """A trajectory with another M; its spin signals, which would not fit any more, are left out."""
    return with_arrays(one, mx=np.real(m), my=np.imag(m), spin_signals=None)
