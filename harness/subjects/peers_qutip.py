"""QuTiP (Hilbert space, sparse operators) behind our conventions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory

LARGEST = 10


class Qutip:
    """H as a ``Qobj``, its ``eigenstates()``, and the traces as sums over pairs of energies.

    For the small closed systems here this is QuTiP at its best: its solvers step an ordinary differential equation for
    the whole density operator. Exact to rounding; refuses more than 10 spins (the dense eigenvectors of 2^N states).

    Conventions: none to translate. ``spin_Jm(1/2, '+')`` of QuTiP is I_+, H is given in rad/s.
    """

    name = "qutip"
    observables = ("m", "i1z")

    def __init__(self) -> None:
        self.version = version("qutip")

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; refuses more than 10 spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        if len(system) > LARGEST:
            raise InputError(f"{self.name}: {len(system)} spins; its dense eigenvectors fit up to {LARGEST}")
        x, y, z = operators(len(system))
        energies, states = hamiltonian(system).eigenstates()
        basis = np.hstack([state.full() for state in states])
        phases = np.exp(-1j * np.outer(grid.times_s, energies))

        def signal(observable: Any, start: Any) -> np.ndarray:
            one, two = (basis.conj().T @ (part.full() @ basis) for part in (observable, start))
            # Tr(O e^{-iHt} ρ0 e^{iHt}) = Σ_ab O_ba ρ0_ab e^{-i(E_a - E_b)t}
            found = np.einsum("ta,ab,tb->t", phases, one.T * two, phases.conj(), optimize=True)
            return found / np.trace(one @ two)

        m = i1z = None
        if "m" in wanted:
            sum_x = sum((x[k] for k in system.observed_spins[1:]), x[system.observed_spins[0]])
            sum_y = sum((y[k] for k in system.observed_spins[1:]), y[system.observed_spins[0]])
            m = signal(sum_x + 1j * sum_y, sum_x)
        if "i1z" in wanted:
            i1z = np.real(signal(z[system.tagged_spin], z[system.tagged_spin]))
        return Trajectory.of(grid, Provenance(self.name, "qutip", self.version), m, i1z)


@lru_cache(maxsize=4)
def operators(spins: int) -> tuple[list[Any], list[Any], list[Any]]:
    """I_x, I_y, I_z of every spin in the space of all, as ``Qobj``; kept, for they take as long as H from them."""
    import qutip

    def of(k: int, axis: str) -> Any:
        parts = [qutip.qeye(2)] * spins
        parts[k] = qutip.spin_Jx(0.5) if axis == "x" else qutip.spin_Jy(0.5) if axis == "y" else qutip.spin_Jz(0.5)
        return qutip.tensor(parts)

    x, y, z = ([of(k, axis) for k in range(spins)] for axis in "xyz")
    return x, y, z


def hamiltonian(system: SpinSystem) -> Any:
    """H in rad/s as a ``Qobj``; couplings between isotopes secular."""
    x, y, z = operators(len(system))
    h = 0 * z[0]
    for offset, one in zip(system.offsets_hz, z, strict=True):
        h = h + 2 * np.pi * float(offset) * one
    for i, j in np.argwhere(np.triu(system.couplings_hz)):
        coupled = z[i] * z[j]
        if system.same_isotope[i, j]:
            coupled = coupled + x[i] * x[j] + y[i] * y[j]
        h = h + 2 * np.pi * float(system.couplings_hz[i, j]) * coupled
    return h
