"""The answer of a method for one system: arrays by name, the last axis is time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.propagators import Evolution

OBSERVABLES = ("dipole", "energy", "density")


@dataclass(frozen=True, eq=False)
class Response:
    """What a method gives for a system on a grid.

    Parameters
    ----------
    grid
        The samples.
    arrays
        ``dipole`` (3, T) in e·bohr, and where they were computed ``energy`` (T,) in hartree without that of the field
        and ``density`` (s, n, n, T), complex, in the Löwdin basis. Read-only.
    method
        Who says so, for records and people: "nwchem 7.0.2 (cache)", "cfm4", a surrogate.
    details
        Plain JSON values: builds, seconds, files.
    """

    grid: AtomicTimeGrid
    arrays: Mapping[str, np.ndarray]
    method: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, array in self.arrays.items():
            if name not in OBSERVABLES or array.shape[-1] != self.grid.points:
                raise ValueError(f"{name}: shape {array.shape} does not fit {self.grid.points} points")
            array.flags.writeable = False
        object.__setattr__(self, "arrays", MappingProxyType(dict(self.arrays)))

    @property
    def induced(self) -> np.ndarray:
        """(3, T) δμ(t) = μ(t) - μ(0)."""
        return self.arrays["dipole"] - self.arrays["dipole"][:, :1]

    @classmethod
    def of(cls, evolution: Evolution, method: str, **details: Any) -> Response:
        """The samples of a propagation."""
        arrays = {"dipole": evolution.dipole.T.copy()}
        if evolution.energies is not None:
            arrays["energy"] = evolution.energies.copy()
        if evolution.densities is not None:
            arrays["density"] = np.moveaxis(evolution.densities, 0, -1).copy()
        return cls(evolution.grid, arrays, method, {"builds": evolution.builds, **details})
