"""QuTiP (Hilbert space, sparse operators) behind our conventions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, refuse_relaxing
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.phases import phases

LARGEST = 10


class Qutip:
    """QuTiP's ``eigenstates()`` of H and the sum over pairs of them, or its master-equation solver.

    For the small closed systems here the eigenstates are QuTiP's fastest way: its solvers step an ordinary differential
    equation for the whole density operator. Exact to rounding; refuses more than 10 spins (the dense eigenvectors of
    2^N states).

    Parameters
    ----------
    method
        "eigenstates", or the name of an integrator of ``mesolve``, as most people would call it ("adams", "vern7", …).
    tolerance
        Absolute and relative tolerance of the integrator.

    Conventions: none to translate. ``spin_Jm(1/2, '+')`` of QuTiP is I_+, H is given in rad/s.
    """

    name = "qutip"
    observables = ("m", "i1z")

    def __init__(self, method: str = "eigenstates", tolerance: float = 1e-8) -> None:
        self.method, self.tolerance = method, tolerance
        self.version = version("qutip")

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; refuses more than 10 spins."""
        wanted = checked_observables(observables, self.observables, self.name)
        refuse_relaxing(system, self.name)
        if len(system) > LARGEST:
            raise InputError(f"{self.name}: {len(system)} spins; its dense eigenvectors fit up to {LARGEST}")
        solve = self._by_eigenstates if self.method == "eigenstates" else self._by_mesolve
        m, i1z = solve(system, grid, wanted)
        details = {"method": self.method}
        return Trajectory.of(grid, Provenance(self.name, "qutip", self.version, details), m, i1z)

    def _by_eigenstates(
        self, system: SpinSystem, grid: TimeGrid, wanted: Sequence[str]
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Tr(O ρ(t)) = Σ_ab |O_ab|² e^{i(E_a - E_b)t}: of ρ0 = Σ I_x = (F + F†)/2 only F† meets O = F in the trace."""
        energies, states = hamiltonian(system).eigenstates(output_type="oper")
        basis, turning = states.full(), phases(energies, grid)

        def signal(observable: Any) -> np.ndarray:
            weights = np.abs(basis.conj().T @ (observable @ basis)) ** 2
            product = (weights @ turning.view(np.float64)).view(np.complex128)
            return np.einsum("at,at->t", turning, np.conj(product, out=product)) / weights.sum()

        m = signal(raising(len(system), tuple(system.observed_spins)).data_as("csr_matrix")) if "m" in wanted else None
        z = operators(len(system))[2][system.tagged_spin]
        return m, np.real(signal(z.data_as("csr_matrix"))) if "i1z" in wanted else None

    def _by_mesolve(
        self, system: SpinSystem, grid: TimeGrid, wanted: Sequence[str]
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Tr(O ρ(t)) / Tr(O ρ0) stepped from ρ0 = Σ I_x with O = Σ I_+, and from ρ0 = O = I_z of the tagged spin."""
        import qutip

        h = hamiltonian(system).to("CSR")
        options = {"method": self.method, "atol": self.tolerance, "rtol": self.tolerance, "nsteps": 10**7}
        options |= {"progress_bar": "", "store_states": False}

        def signal(start: Any, observable: Any) -> np.ndarray:
            if grid.points == 1:
                return np.ones(1, complex)
            found = qutip.mesolve(h, start, grid.times_s, [], e_ops=[observable], options=options)
            expected = np.asarray(found.expect[0])
            return expected / expected[0].real

        plus = raising(len(system), tuple(system.observed_spins))
        z = operators(len(system))[2][system.tagged_spin]
        m = signal((plus + plus.dag()) / 2, plus) if "m" in wanted else None
        return m, np.real(signal(z, z)) if "i1z" in wanted else None


@lru_cache(maxsize=4)
def operators(spins: int) -> tuple[list[Any], list[Any], list[Any]]:
    """I_x, I_y, I_z of every spin in the space of all, as ``Qobj``; stored, for they take as long as H from them."""
    import qutip

    def of(k: int, axis: str) -> Any:
        parts = [qutip.qeye(2)] * spins
        parts[k] = qutip.spin_Jx(0.5) if axis == "x" else qutip.spin_Jy(0.5) if axis == "y" else qutip.spin_Jz(0.5)
        return qutip.tensor(parts)

    x, y, z = ([of(k, axis) for k in range(spins)] for axis in "xyz")
    return x, y, z


@lru_cache(maxsize=4)
def raising(spins: int, chosen: tuple[int, ...]) -> Any:
    """F = Σ I_x + iI_y over the chosen spins, as a ``Qobj``; stored like the operators."""
    x, y, _ = operators(spins)
    terms = [x[k] + 1j * y[k] for k in chosen]
    return sum(terms[1:], terms[0])


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
