"""spinguin (Liouville space, spherical-tensor basis, optionally truncated by spin order) behind our conventions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory

FIELD_T = 14.1
LARGEST = 12


class Spinguin:
    """H from spinguin's superoperators in the block of one coherence order, propagated with scipy's ``expm_multiply``.

    spinguin's own one-step propagator is a dense matrix of that block; the action of the exponential on the state is
    both faster and smaller, so this is the package at its best.

    Parameters
    ----------
    max_spin_order
        Products of more spins than this are left out of the basis; None: complete up to 6 spins, 5 for 7 … 10 spins,
        4 for 11 and 12. Measured on chains (J 12.5 Hz, ±250 Hz, 30 ms), largest error of M: order 5 3e-6, order 4 2e-4.

    Conventions: ω = -γB0(1 + δ), so positive ppm turn with negative frequency; the I(+) coefficient of the state is
    Tr(I_- ρ) and turns with +Ω where our offset is +Ω at δ = 2π·offset/(γB0). J in the lower triangle only. Couplings
    between isotopes are given as 2πJ I_z I_z, which spinguin's rotating frame does not leave out by itself.
    """

    name = "spinguin"
    observables = ("m", "i1z")

    def __init__(self, max_spin_order: int | None = None) -> None:
        self.max_spin_order = max_spin_order
        self.version = version("spinguin")

    def order(self, spins: int) -> int:
        """The spin order used for a system of this size."""
        default = spins if spins <= 6 else 5 if spins <= 10 else 4
        return min(spins, self.max_spin_order or default)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; refuses more than 12 spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        if len(system) > LARGEST:
            raise InputError(f"{self.name}: {len(system)} spins; building its basis beyond {LARGEST} takes minutes")
        m = i1z = None
        if "m" in wanted:
            terms = "+".join(f"I(+,{k})" for k in system.observed_spins)
            m = self._signal(system, grid, terms, 1)
        if "i1z" in wanted:
            i1z = np.real(self._signal(system, grid, f"I(z,{system.tagged_spin})", 0))
        details = {"max_spin_order": self.order(len(system)), "complete": self.order(len(system)) == len(system)}
        return Trajectory.of(grid, Provenance(self.name, "spinguin", self.version, details), m, i1z)

    def _signal(self, system: SpinSystem, grid: TimeGrid, terms: str, coherence: int) -> np.ndarray:
        """<state(0)|state(t)> / <state(0)|state(0)> in the block of one coherence order, shape (points,)."""
        from scipy.sparse.linalg import expm_multiply

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made, hamiltonian = self._hamiltonian(system, coherence)
            import spinguin as sg

            start = np.asarray(sg.state(made, terms)).ravel().astype(np.complex128)
            if grid.points == 1:
                return np.ones(1, dtype=np.complex128)
            generator = (-1j * hamiltonian).tocsr()
            states = expm_multiply(
                generator, start, start=0.0, stop=grid.horizon_s, num=grid.points, endpoint=True,
                traceA=complex(generator.trace()),
            )  # fmt: skip
        return states @ start.conj() / np.vdot(start, start)

    def _hamiltonian(self, system: SpinSystem, coherence: int) -> tuple[Any, Any]:
        import spinguin as sg

        sg.parameters._verbose = False  # its setter prints
        sg.parameters.magnetic_field = FIELD_T
        made = sg.SpinSystem(list(system.isotopes))
        made.chemical_shifts = 2 * np.pi * system.offsets_hz / (made.gammas * FIELD_T) * 1e6
        same = np.where(system.same_isotope, system.couplings_hz, 0.0)
        made.J_couplings = np.tril(same)
        made.basis.max_spin_order = self.order(len(system))
        made.basis.build()
        made.basis.truncate_by_coherence([coherence])
        hamiltonian = sg.hamiltonian(made, ["chemical_shift", "J_coupling"])
        for n, k in np.argwhere(np.tril(system.couplings_hz) * ~system.same_isotope):
            secular = sg.superoperator(made, f"I(z,{n})*I(z,{k})", "comm")
            hamiltonian = hamiltonian + 2 * np.pi * system.couplings_hz[n, k] * secular
        return made, hamiltonian
