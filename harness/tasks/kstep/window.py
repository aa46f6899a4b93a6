"""What the suites judge: a window, that is a molecule at a start; its grid of macro steps; its path as named arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.units import BASE_DT_PS


@dataclass(frozen=True)
class MacroGrid:
    """Macro steps of k base steps of 0.25 fs; the first point is the start itself.

    ``accuracy`` is that of every SCF, each from the beginning; None: what the method has.
    """

    points: int
    k: int
    accuracy: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.points, bool) or not isinstance(self.points, int) or self.points < 2:
            raise InputError(f"grid: points = {shown(self.points)} must be a whole number of at least 2")
        Step(self.k)

    @property
    def step(self) -> float:
        """The macro step in ps."""
        return self.k * BASE_DT_PS

    @property
    def unit(self) -> str:
        """Unit of :attr:`step`."""
        return "ps"

    @property
    def times(self) -> np.ndarray:
        """Times in ps, (points,)."""
        return self.step * np.arange(self.points)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        tight = {} if self.accuracy is None else {"accuracy": self.accuracy}
        return {"points": self.points, "k": self.k, **tight}


@dataclass(frozen=True, eq=False)
class Window:
    """A molecule with a start: what an integrator is given. Positions and velocities are (N, 3), read-only."""

    name: str
    molecule: Molecule
    positions_nm: np.ndarray
    velocities_nm_ps: np.ndarray
    temperature_k: float = 300.0

    def __post_init__(self) -> None:
        for field in ("positions_nm", "velocities_nm_ps"):
            array = np.array(getattr(self, field), dtype=np.float64)
            if array.shape != (len(self.molecule), 3) or not np.isfinite(array).all():
                raise InputError(f"{self.name}: {field} must be finite, of shape ({len(self.molecule)}, 3)")
            array.setflags(write=False)
            object.__setattr__(self, field, array)
        self.molecule.at(self.positions_nm)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def size(self) -> int:
        """Number of atoms."""
        return len(self.molecule)

    @property
    def start(self) -> State:
        """The state that every method starts from."""
        return State(self.positions_nm, self.velocities_nm_ps)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over molecule, positions and velocities, hexadecimal."""
        digest = hashlib.sha256(self.molecule.fingerprint.encode())
        for array in (self.positions_nm, self.velocities_nm_ps):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_dict` gives the window back."""
        return {
            "name": self.name,
            "molecule": self.molecule.as_dict(),
            "positions_nm": self.positions_nm.tolist(),
            "velocities_nm_ps": self.velocities_nm_ps.tolist(),
            "temperature_k": self.temperature_k,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Window:
        """The window of :meth:`as_dict`."""
        arrays = (np.array(values["positions_nm"]), np.array(values["velocities_nm_ps"]))
        return cls(values["name"], Molecule.from_dict(values["molecule"]), *arrays, values["temperature_k"])


@dataclass(frozen=True, eq=False)
class Signals:
    """Arrays by name: ``positions`` and ``velocities`` (N, 3, T), ``energy`` (T,), the total energy in kJ/mol.

    A method with an inner force also has ``residual`` (T,), the rms of what its force lacks, in kJ/mol/nm.
    ``qm_calls`` is their cost, ``retries`` and ``fallbacks`` count steps not made as planned; ``fault`` states
    why a run ended early ("" if it did not), later values are NaN.
    """

    grid: MacroGrid
    arrays: Mapping[str, np.ndarray]
    qm_calls: int
    fault: str = ""
    provenance: Any = None
    retries: int = 0
    fallbacks: int = 0

    def with_arrays(self, **arrays: np.ndarray) -> Signals:
        """The same with other arrays of these names."""
        return replace(self, arrays={**self.arrays, **arrays})

    @classmethod
    def of(cls, path: Path, grid: MacroGrid, stride: int = 1, provenance: Any = None) -> Signals:
        """Of a path with ``stride`` states for each macro step; what is beyond the grid is left out."""
        every = slice(None, stride * grid.points, stride)
        missing = grid.points - len(path.positions_nm[every])
        arrays = {
            "positions": np.moveaxis(path.positions_nm[every], 0, -1),
            "velocities": np.moveaxis(path.velocities_nm_ps[every], 0, -1),
            "energy": path.total_kj_mol[every],
        }
        if path.residual_kj_mol_nm is not None and np.isfinite(path.residual_kj_mol_nm).any():
            arrays["residual"] = path.residual_kj_mol_nm[every]
        padded = {
            name: np.concatenate([array, np.full((*array.shape[:-1], missing), np.nan)], axis=-1)
            for name, array in arrays.items()
        }
        return cls(grid, padded, path.qm_calls, path.fault, provenance, path.retries, path.fallbacks)
