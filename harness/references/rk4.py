"""Naive integrators on the propagator: the negative controls of the conservation experiment.

dU/dt = -iHU from U(0) = 1 with fixed steps h = dt/substeps, then ρ = U ρ0 U†. For a constant H one step multiplies U by

    rk4:    1 + x + x²/2 + x³/6 + x⁴/24,    x = -iHh   (global order 4 in h)
    euler:  1 + x                                      (global order 1 in h)

and neither is unitary: trace, energy and purity drift, the faster the larger |H|h; beyond |H|h = 2.83 (rk4), or at once
(euler), U grows without bound. Never exact unless H = 0.

Source: textbook (E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I (1993), ch. II.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import factorial

import numpy as np

from harness.errors import InputError
from harness.references.base import DEFAULT_OBSERVABLES, checked_observables, require_memory
from harness.references.hilbert import check_density_size, hamiltonian, initial_state
from harness.references.stepping import accumulate, observe
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory

ORDERS = {"rk4": 4, "euler": 1}


class RungeKutta4:
    """Fixed-step integration of U.

    Parameters
    ----------
    integrator
        "rk4" or "euler".
    substeps
        Steps per sample of the grid, at least 1.
    """

    name = "rk4"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def __init__(self, integrator: str = "rk4", substeps: int = 1) -> None:
        if integrator not in ORDERS:
            raise InputError(f"rk4: integrator {integrator!r} is unknown (known: {', '.join(ORDERS)})")
        if isinstance(substeps, bool) or int(substeps) != substeps or substeps < 1:
            raise InputError(f"rk4: substeps = {substeps!r} must be a whole number of at least 1")
        self.integrator, self.substeps = integrator, int(substeps)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; they may overflow to inf or nan where the integrator is unstable."""
        wanted = checked_observables(observables, self.observables, self.name)
        require_memory(16.0 * 8 * 4.0 ** len(system), self.name, "exact")
        with np.errstate(over="ignore", invalid="ignore"):
            found = observe(system, grid, wanted, self._step(system, grid), powers=True)
        details = {"integrator": self.integrator, "substeps": self.substeps}
        m, i1z, signals, polarisations = (
            found[name] if name in wanted else None for name in ("m", "i1z", "spin_signals", "spin_polarisations")
        )
        provenance = Provenance(self.name, "numpy", np.__version__, details)
        return Trajectory.of(grid, provenance, m, i1z, signals, polarisations)

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n) as :meth:`harness.references.dense.Dense.density_operators`, with the drift of the integrator."""
        check_density_size(system, self.name)
        return self._density(system, grid)

    def _density(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        with np.errstate(over="ignore", invalid="ignore"):
            yield from accumulate(initial_state(system).astype(complex), self._step(system, grid), grid.points)

    def _step(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        x = -1j * (grid.dt_s / self.substeps) * hamiltonian(system).toarray()
        step = power = np.eye(len(x), dtype=complex)
        for order in range(1, ORDERS[self.integrator] + 1):
            power = power @ x
            step = step + power / factorial(order)
        return np.linalg.matrix_power(step, self.substeps)
