"""The result of a method for a system on a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.tasks.spins.systems.above import above
from harness.tasks.spins.systems.frame import ShiftAxis
from harness.trajectory import Provenance, TimeGrid

if TYPE_CHECKING:
    from harness.tasks.spins.spectra import Spectrum

OBSERVABLES = ("m", "i1z", "spin_signals", "spin_polarisations")


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Observables of one system on one grid, each normalised to its value at t = 0 (see docs/conventions.md).

    Parameters
    ----------
    grid
        The sample times.
    provenance
        Which method computed it.
    mx, my
        (T,) float64: Mx + iMy = Tr(Σ I_k+ ρ(t)) / Tr(Σ I_k+ ρ0), ρ0 = Σ I_kx, over the observed isotope.
    i1z
        (T,) float64: Tr(I_1z ρ(t)) / Tr(I_1z²), ρ0 = I_1z of the tagged spin.
    spin_signals
        (n_observed, T) complex128: as M for single spins; their mean is M.
    spin_polarisations
        (N, T) float64: Tr(I_kz ρ(t)) / Tr(I_1z²) from ρ0 = I_1z, for all N spins in system order.
    axis
        The chemical shift axis of the observed isotope, where the system has one: for :meth:`spectrum`.

    An observable that was not requested is None.
    """

    grid: TimeGrid
    provenance: Provenance
    mx: np.ndarray | None = None
    my: np.ndarray | None = None
    i1z: np.ndarray | None = None
    spin_signals: np.ndarray | None = None
    spin_polarisations: np.ndarray | None = None
    axis: ShiftAxis | None = None

    def __repr__(self) -> str:
        there = [name for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations") if self._has(name)]
        size = f"{self.grid.points} points of {self.grid.dt_s:g} s"
        return f"Trajectory({size}: {', '.join(there) or 'nothing'}; by {self.provenance.method})"

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None

    def _repr_html_(self) -> str:
        from harness.tasks.spins.systems.html import trajectory_html

        return trajectory_html(self)

    def __post_init__(self) -> None:
        for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations"):
            value = getattr(self, name)
            if value is None:
                continue
            array = np.array(value, dtype=np.complex128 if name == "spin_signals" else np.float64)
            if array.shape[-1] != self.grid.points or array.ndim != (2 if name.startswith("spin_") else 1):
                raise ValueError(f"{name}: shape {array.shape} does not fit {self.grid.points} points")
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __reduce__(self) -> tuple[type[Trajectory], tuple[Any, ...]]:
        # Through the constructor, so that the arrays of an unpickled trajectory are read-only too.
        values = (self.mx, self.my, self.i1z, self.spin_signals, self.spin_polarisations, self.axis)
        return Trajectory, (self.grid, self.provenance, *values)

    @property
    def m(self) -> np.ndarray:
        """Mx + iMy, shape (T,) complex128."""
        if self.mx is None or self.my is None:
            raise ValueError("this trajectory holds no M: it was not requested")
        return self.mx + 1j * self.my

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Every observable that is present, by its name: "m" (complex), "i1z", "spin_signals", "spin_polarisations"."""
        there = {name: getattr(self, name) for name in OBSERVABLES[1:] if self._has(name)}
        return {"m": self.m, **there} if self._has("mx") else there

    def on(self, axis: ShiftAxis | None) -> Trajectory:
        """The same trajectory, its read-only arrays shared, with the chemical shift axis of its system."""
        if axis == self.axis:
            return self
        made = object.__new__(Trajectory)
        made.__dict__.update(self.__dict__, axis=axis)
        return made

    def spectrum(self, t2_s: float | None = None, zero_fill: int = 4) -> Spectrum:
        """The spectrum of M, on the ppm axis of its system where that is known.

        M is multiplied with exp(-t/T2), or without ``t2_s`` with a squared-cosine window, so that lines have no
        oscillations where M has not decayed at the end of the grid; see
        :func:`harness.tasks.spins.spectra.spectrum_of`.
        """
        return above("spectra.of_trajectory:spectrum_of_trajectory")(self, t2_s, zero_fill)

    @classmethod
    def of(
        cls,
        grid: TimeGrid,
        provenance: Provenance,
        m: np.ndarray | None = None,
        i1z: np.ndarray | None = None,
        spin_signals: np.ndarray | None = None,
        spin_polarisations: np.ndarray | None = None,
        axis: ShiftAxis | None = None,
    ) -> Trajectory:
        """Build from the complex M, shape (T,)."""
        mx, my = (None, None) if m is None else (np.real(m), np.imag(m))
        return cls(grid, provenance, mx, my, i1z, spin_signals, spin_polarisations, axis)
