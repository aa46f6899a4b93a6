"""nmrsim (second-order spectra as lists of lines) behind our conventions."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from importlib.metadata import version
from math import isqrt

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import checked_observables, refuse_relaxing
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.phases import phases_hz

LARGEST = 11
LARGEST_DENSE = 9


class Nmrsim:
    """Lines of ``nmrsim.qm.qm_spinsystem`` summed in the time domain: M(t) = Σ a_l exp(2πi ν_l t) / Σ a_l.

    One isotope, up to 11 spins; gives no I_1z. The operators that nmrsim ships are unreadable to newer versions of the
    ``sparse`` package; then its dense operators are used, up to 9 spins (15 s).

    Parameters
    ----------
    cutoff
        Lines of a smaller intensity are dropped; up to 2^(N-1)·N·2^N of them, and nmrsim's own default is 1e-3.

    Conventions: nmrsim reports |E_a - E_b|, so a constant is added to the offsets: every line is then positive, and
    states of different total spin projection differ in energy (eigenvectors of nearly equal energy mix). The constant
    is subtracted from the lines again.
    """

    name = "nmrsim"
    observables = declared_outputs = ("m",)

    def __init__(self, cutoff: float = 1e-15) -> None:
        self.cutoff = cutoff
        self.version = version("nmrsim")

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m",)) -> Trajectory:
        """M of ``system`` on ``grid``; refuses several isotopes and more than 11 spins."""
        checked_observables(observables, self.observables, self.name)
        refuse_relaxing(system, self.name)
        if len(set(system.isotopes)) > 1:
            raise InputError(f"{self.name}: isotopes {', '.join(sorted(set(system.isotopes)))}; it knows only one")
        if len(system) > LARGEST:
            raise InputError(f"{self.name}: {len(system)} spins; it holds operators for at most {LARGEST}")
        raised_by = 2 * (np.abs(system.offsets_hz).sum() + np.abs(system.couplings_hz).sum()) + 1000.0
        lines = self._lines(system.offsets_hz + raised_by, system.couplings_hz)
        m = _sum_of_lines(lines[:, 0] - raised_by, lines[:, 1] / lines[:, 1].sum(), grid)
        return Trajectory.of(grid, Provenance(self.name, "nmrsim", self.version, {"cutoff": self.cutoff}), m)

    def _lines(self, frequencies: np.ndarray, couplings: np.ndarray) -> np.ndarray:
        """(lines, 2): frequency in Hz and intensity."""
        from nmrsim.qm import qm_spinsystem

        requested = {"cutoff": self.cutoff, "normalize": False}
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                return np.asarray(qm_spinsystem(list(frequencies), couplings, **requested))
            except KeyError:
                if len(frequencies) > LARGEST_DENSE:
                    raise InputError(
                        f"{self.name}: {len(frequencies)} spins; its stored operators do not load with the installed "
                        f"'sparse', and its dense ones fit up to {LARGEST_DENSE}"
                    ) from None
                return np.asarray(qm_spinsystem(frequencies, couplings, sparse=False, **requested))


def _sum_of_lines(frequencies_hz: np.ndarray, amplitudes: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """Σ A exp(2πift), (points,), at t = (aB + b)dt: one product of matrices over the lines, a sixth of their time."""
    fine = isqrt(grid.points - 1) + 1
    coarse = -(-grid.points // fine)
    starts = phases_hz(frequencies_hz, TimeGrid(coarse, fine * grid.dt_s))
    signal = (amplitudes[:, None] * starts).T @ phases_hz(frequencies_hz, TimeGrid(fine, grid.dt_s))
    return signal.ravel()[: grid.points]
