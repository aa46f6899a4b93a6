"""Simple integrators on the propagator: the negative controls of the conservation experiment.

dU/dt = -iHU from U(0) = 1 with fixed steps h = dt/substeps, then ρ = U ρ0 U†. For a constant H one step multiplies U by

    rk4:    1 + x + x²/2 + x³/6 + x⁴/24,    x = -iHh   (global order 4 in h)
    euler:  1 + x                                      (global order 1 in h)

and neither is unitary: trace, energy and purity drift, the faster the larger |H|h; beyond |H|h = 2.83 (rk4), or at once
(euler), U grows without bound. Never exact unless H = 0.

A bound of the error is known beforehand: with R(x) the polynomial above, E the eigenvalues of H and m steps in all,

    |M - M exact|, |I_1z - I_1z exact| ≤ 2 max_E |R(-iEh)^m - exp(-iEhm)|    to first order,

and U grows by max_E |R(-iEh)|^m. The result depends on the grid; that of no other method does.

Source: textbook (E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I (1993), ch. II.1).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from math import factorial

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.references.stepping import accumulate, observe
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.hilbert import check_density_size, hamiltonian, initial_state

ORDERS = {"rk4": 4, "euler": 1}

WARN_ABOVE = 1e-3
"""Of M(0) or I_1z(0): a line in a figure is wider, the targets of the suites are not."""

REFUSE_ABOVE = 2.0
"""A propagator is unitary: one that doubles a state has no correct digit left."""

MOST_SUBSTEPS = 1 << 20
"""Largest number of substeps that is recommended in place of a smaller one."""


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
        """Observables of ``system`` on ``grid``.

        Warns
        -----
        UserWarning
            If the error may exceed :data:`WARN_ABOVE`.

        Raises
        ------
        InputError
            If the integrator is unstable here, so that U grows more than :data:`REFUSE_ABOVE`-fold. Both name the step
            that would do.
        """
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: 16.0 * 8 * 4.0 ** len(system))
        h = hamiltonian(system).toarray()
        self._judge(np.linalg.eigvalsh(h), grid)
        found = observe(system, grid, wanted, self._step(h, grid), powers=True)
        details = {"integrator": self.integrator, "substeps": self.substeps}
        m, i1z, signals, polarisations = (
            found[name] if name in wanted else None for name in ("m", "i1z", "spin_signals", "spin_polarisations")
        )
        provenance = Provenance(self.name, "numpy", np.__version__, details)
        return Trajectory.of(grid, provenance, m, i1z, signals, polarisations)

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n) as :meth:`harness.tasks.spins.references.dense.Dense.density_operators`, with the drift of the
        integrator.
        """
        check_density_size(system, self.name)
        return self._density(system, grid)

    def _density(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        with np.errstate(over="ignore", invalid="ignore"):
            step = self._step(hamiltonian(system).toarray(), grid)
            yield from accumulate(initial_state(system).astype(complex), step, grid.points)

    def _judge(self, energies: np.ndarray, grid: TimeGrid) -> None:
        """Refuse or warn, by the eigenvalues of H in rad/s."""
        growth, error = self._faults(energies, grid, self.substeps)
        if error <= WARN_ABOVE:
            return
        step_s = grid.dt_s / self.substeps
        found = f"rk4: steps of h = {step_s:.4g} s with |H|h = {step_s * np.max(np.abs(energies)):.3g}"
        remedy = self._remedy(energies, grid)
        if growth > REFUSE_ABOVE:
            raise InputError(f"{found} are unstable, the signal grows without bound: {remedy}")
        warnings.warn(f"{found} make errors of up to {min(error, 2.0):.1g}: {remedy}", UserWarning, stacklevel=4)

    def _faults(self, energies: np.ndarray, grid: TimeGrid, substeps: int) -> tuple[float, float]:
        """Growth of U over the grid and the bound of the error, see the top of this file; infinite on overflow."""
        x = -1j * energies * grid.dt_s / substeps
        steps = substeps * (grid.points - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            once = sum(x**k / factorial(k) for k in range(ORDERS[self.integrator] + 1))
            reached = once**steps
            error = 2 * float(np.max(np.abs(reached - np.exp(steps * x))))
            growth = float(np.max(np.abs(once))) ** steps if np.all(np.isfinite(reached)) else np.inf
        return growth, error if np.isfinite(error) else np.inf

    def _remedy(self, energies: np.ndarray, grid: TimeGrid) -> str:
        """Twice as many substeps until the error is small enough; another method where a million are not enough."""
        substeps = 2 * self.substeps
        while substeps <= MOST_SUBSTEPS:
            if self._faults(energies, grid, substeps)[1] <= WARN_ABOVE:
                return f"substeps = {substeps} does, or dt_s = {grid.dt_s * self.substeps / substeps:.5g}, or 'exact'"
            substeps *= 2
        return "use 'exact'"

    def _step(self, h: np.ndarray, grid: TimeGrid) -> np.ndarray:
        x = -1j * (grid.dt_s / self.substeps) * h
        step = power = np.eye(len(x), dtype=complex)
        for order in range(1, ORDERS[self.integrator] + 1):
            power = power @ x
            step = step + power / factorial(order)
        return np.linalg.matrix_power(step, self.substeps)
