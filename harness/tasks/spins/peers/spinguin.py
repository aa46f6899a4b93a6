"""spinguin (Liouville space, spherical-tensor basis, optionally truncated by spin order) behind our conventions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Literal

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, refuse_relaxing
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory

FIELD_T = 14.1
LARGEST = 12
PROPAGATIONS = ("action", "steps")


class Spinguin:
    """H from spinguin's superoperators in the block of one coherence order, applied to the state of that order.

    The basis, which takes a quarter of the time, is stored and used again for the next system of the same isotopes.

    Parameters
    ----------
    max_spin_order
        Products of more spins than this are left out of the basis, none for "complete"; None: complete up to 6 spins, 5
        for 7 … 10 spins, 4 for 11 and 12. Measured on chains (J 12.5 Hz, ±250 Hz, 30 ms), largest error of M: order 5
        3e-6, order 4 2e-4.
    propagation
        "action": scipy's ``expm_multiply`` on the whole grid, faster and smaller in large bases than the dense matrix
        of the other; "steps": spinguin's own one-step propagator again and again, faster in small bases (order 3).

    Conventions: ω = -γB0(1 + δ), so positive ppm turn with negative frequency; the I(+) coefficient of the state is
    Tr(I_- ρ) and turns with +Ω where our offset is +Ω at δ = 2π·offset/(γB0). J in the lower triangle only. Couplings
    between isotopes are given as 2πJ I_z I_z, which spinguin's rotating frame does not leave out by itself.
    """

    name = "spinguin"
    observables = ("m", "i1z")

    def __init__(
        self,
        max_spin_order: int | Literal["complete"] | None = None,
        propagation: Literal["action", "steps"] = "action",
    ) -> None:
        if propagation not in PROPAGATIONS:
            raise InputError(f"{self.name}: propagation {propagation!r} is unknown (known: {', '.join(PROPAGATIONS)})")
        self.max_spin_order = max_spin_order
        self.propagation = propagation
        self.version = version("spinguin")
        self._blocks: dict[tuple[Any, ...], tuple[Any, np.ndarray]] = {}

    def order(self, spins: int) -> int:
        """The spin order used for a system of this size."""
        default = spins if spins <= 6 else 5 if spins <= 10 else 4
        return spins if isinstance(self.max_spin_order, str) else min(spins, self.max_spin_order or default)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; refuses more than 12 spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        refuse_relaxing(system, self.name)
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made, start = self._block(system, terms, coherence)
            if grid.points == 1:
                return np.ones(1, dtype=np.complex128)
            propagate = _by_action if self.propagation == "action" else _by_steps
            return propagate(_hamiltonian(made, system), start, grid) / np.vdot(start, start)

    def _block(self, system: SpinSystem, terms: str, coherence: int) -> tuple[Any, np.ndarray]:
        """spinguin's system with the basis of one coherence order, and the state of these terms in it."""
        import spinguin as sg

        sg.parameters._verbose = False  # its setter prints
        sg.parameters.magnetic_field = FIELD_T
        key = (system.isotopes, terms)
        if key not in self._blocks:
            made = sg.SpinSystem(list(system.isotopes))
            made.basis.max_spin_order = self.order(len(system))
            made.basis.build()
            made.basis.truncate_by_coherence([coherence])
            self._blocks[key] = made, np.asarray(sg.state(made, terms)).ravel().astype(np.complex128)
        return self._blocks[key]


def _hamiltonian(made: Any, system: SpinSystem) -> Any:
    """The commutation superoperator of H in the basis of ``made``, in rad/s, sparse."""
    import spinguin as sg

    made.chemical_shifts = 2 * np.pi * system.offsets_hz / (made.gammas * FIELD_T) * 1e6
    made.J_couplings = np.tril(np.where(system.same_isotope, system.couplings_hz, 0.0))
    hamiltonian = sg.hamiltonian(made, ["chemical_shift", "J_coupling"])
    for n, k in np.argwhere(np.tril(system.couplings_hz) * ~system.same_isotope):
        secular = sg.superoperator(made, f"I(z,{n})*I(z,{k})", "comm")
        hamiltonian = hamiltonian + 2 * np.pi * system.couplings_hz[n, k] * secular
    return hamiltonian


def _by_action(hamiltonian: Any, start: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """<start|exp(-iHt)|start> at every time by the action of the exponential."""
    from scipy.sparse.linalg import expm_multiply

    generator = (-1j * hamiltonian).tocsr()
    states = expm_multiply(
        generator, start, start=0.0, stop=grid.horizon_s, num=grid.points, endpoint=True,
        traceA=complex(generator.trace()),
    )  # fmt: skip
    return states @ start.conj()


def _by_steps(hamiltonian: Any, start: np.ndarray, grid: TimeGrid) -> np.ndarray:
    """<start|exp(-iHt)|start> by one propagator applied again and again.

    Overlaps with the state are what ``sg.measure`` computes, without parsing an operator at each point.
    """
    import spinguin as sg

    step = sg.propagator(sg.liouvillian(hamiltonian), grid.dt_s)
    coil, rho = start.conj(), start
    signal = np.empty(grid.points, complex)
    for point in range(grid.points):
        signal[point] = coil @ rho
        rho = step @ rho
    return signal
