"""nmrsim (second-order spectra as lists of lines) behind our conventions."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from harness.errors import InputError
from harness.references.base import checked_observables
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory

LARGEST = 11
LARGEST_DENSE = 9


class Nmrsim:
    """Lines of ``nmrsim.qm.qm_spinsystem`` summed in the time domain: M(t) = Σ a_l exp(2πi ν_l t) / Σ a_l.

    One isotope, up to 11 spins; gives no I_1z. The operators that nmrsim ships are unreadable to newer versions of the
    ``sparse`` package; then its dense operators are used, up to 9 spins (15 s).
    nmrsim reports |E_a - E_b|, so the offsets are raised by a constant that keeps every line positive, and the lines
    lowered by it again; and it drops weak lines unless told otherwise.
    """

    name = "nmrsim"
    observables = ("m",)

    def __init__(self) -> None:
        self.version = version("nmrsim")

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m",)) -> Trajectory:
        """M of ``system`` on ``grid``; refuses several isotopes and more than 11 spins."""
        checked_observables(observables, self.observables, self.name)
        if len(set(system.isotopes)) > 1:
            raise InputError(f"{self.name}: isotopes {', '.join(sorted(set(system.isotopes)))}; it knows only one")
        if len(system) > LARGEST:
            raise InputError(f"{self.name}: {len(system)} spins; it holds operators for at most {LARGEST}")
        span = 2 * (np.abs(system.offsets_hz).sum() + np.abs(system.couplings_hz).sum()) + 1000.0
        lines = self._lines(system.offsets_hz + span, system.couplings_hz)
        phases = np.exp(2j * np.pi * np.outer(grid.times_s, lines[:, 0] - span))
        m = phases @ lines[:, 1] / lines[:, 1].sum()
        return Trajectory.of(grid, Provenance(self.name, "nmrsim", self.version), m)

    def _lines(self, frequencies: np.ndarray, couplings: np.ndarray) -> np.ndarray:
        """(lines, 2): frequency in Hz and intensity."""
        from nmrsim.qm import qm_spinsystem

        with contextlib.redirect_stdout(io.StringIO()):
            try:
                return np.asarray(qm_spinsystem(frequencies, couplings, cutoff=1e-15))
            except KeyError:
                if len(frequencies) > LARGEST_DENSE:
                    raise InputError(
                        f"{self.name}: {len(frequencies)} spins; its stored operators do not load with the installed "
                        f"'sparse', and its dense ones fit up to {LARGEST_DENSE}"
                    ) from None
                return np.asarray(qm_spinsystem(frequencies, couplings, cutoff=1e-15, sparse=False))
