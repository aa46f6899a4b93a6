"""The full density matrix, stepped with the dense propagator: what most papers time as "exact".

U = exp(-iH dt) once by scaling and squaring, then ρ(t_{n+1}) = U ρ(t_n) U† for every sample, all of it on the whole
2^N × 2^N space. Exact to rounding, which grows with the number of steps; cost O(T 8^N), memory O(4^N).

Source: A. M. Al-Mohy, N. J. Higham, SIAM J. Matrix Anal. Appl. 31, 970 (2009) (scipy.linalg.expm).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.references.stepping import observe, sandwich
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.hilbert import check_density_size, hamiltonian, initial_state


class Dense:
    """Dense propagation of ρ on the whole space."""

    name = "dense"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``.

        Raises
        ------
        InputError
            If the dense matrices would not fit into memory, before anything is allocated.
        """
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: 16.0 * 7 * 4.0 ** len(system))
        found = observe(system, grid, wanted, self._step(system, grid))
        details = {"dimension": 2 ** len(system)}
        m, i1z, signals, polarisations = (
            found[name] if name in wanted else None for name in ("m", "i1z", "spin_signals", "spin_polarisations")
        )
        provenance = Provenance(self.name, "numpy", np.__version__, details)
        return Trajectory.of(grid, provenance, m, i1z, signals, polarisations)

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n), (2^N, 2^N) complex for n = 0 … T-1, from ρ0 = (1 + 2 I_1z)/2^N; N ≤ 8, product states in Kronecker
        order."""
        check_density_size(system, self.name)
        return sandwich(initial_state(system).astype(complex), self._step(system, grid), grid.points)

    def _step(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        from scipy.linalg import expm

        return expm(-1j * grid.dt_s * hamiltonian(system).toarray())
