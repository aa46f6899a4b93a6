"""The structure of one map: is it symplectic, is it reversible, does it conserve momentum and angular momentum.

In mass-weighted coordinates q = √m x and momenta p = √m v τ, both in nm·√Da, a symplectic map has a Jacobian J with
JᵀΩJ = Ω, which is measured by central differences.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.kstep.integrators.base import Integrator, run
from harness.tasks.kstep.state import State, angular_momentum, momentum

STEP_NM = 2e-5
"""Truncation grows with its square, noise of the forces with its inverse."""


def symplectic_defect(integrator: Integrator, state: State) -> float:
    """The largest element of |JᵀΩJ - Ω| for one macro step at ``state``, dimensionless."""
    roots = np.sqrt(integrator.masses_da)[:, None]
    size = state.positions_nm.size
    tau = integrator.dt_ps
    columns = []
    for place in range(2 * size):
        ends = [_end(integrator, state, place, sign, roots, tau) for sign in (1.0, -1.0)]
        columns.append((ends[0] - ends[1]) / (2 * STEP_NM))
    jacobian = np.stack(columns, axis=1)
    omega = np.block([[np.zeros((size, size)), np.eye(size)], [-np.eye(size), np.zeros((size, size))]])
    return float(np.abs(jacobian.T @ omega @ jacobian - omega).max())


def _end(integrator: Integrator, state: State, place: int, sign: float, roots: np.ndarray, tau_ps: float) -> np.ndarray:
    size = state.positions_nm.size
    moved = np.zeros(2 * size)
    moved[place] = sign * STEP_NM
    q = (roots * state.positions_nm).ravel() + moved[:size]
    p = (roots * state.velocities_nm_ps).ravel() * tau_ps + moved[size:]
    begin = State(q.reshape(-1, 3) / roots, p.reshape(-1, 3) / (roots * tau_ps))
    end = integrator.step(begin)
    return np.concatenate([(roots * end.positions_nm).ravel(), (roots * end.velocities_nm_ps).ravel() * tau_ps])


def reversal_nm(integrator: Integrator, state: State, steps: int) -> float:
    """The largest deviation in nm from the start after ``steps`` macro steps there and as many back."""
    there = run(integrator, state, steps)
    if there.fault:
        return float("inf")
    end = State(there.positions_nm[-1], there.velocities_nm_ps[-1])
    back = run(integrator, end.reversed(), steps)
    return float("inf") if back.fault else float(np.abs(back.positions_nm[-1] - state.positions_nm).max())


def momentum_change(integrator: Integrator, state: State, steps: int) -> tuple[float, float]:
    """Largest changes of momentum, in Da·nm/ps, and of angular momentum, in Da·nm²/ps, after ``steps`` macro steps."""
    path = run(integrator, state, steps)
    if path.fault:
        return float("inf"), float("inf")
    end = State(path.positions_nm[-1], path.velocities_nm_ps[-1])
    masses = integrator.masses_da
    linear = np.abs(momentum(end, masses) - momentum(state, masses)).max()
    angular = np.abs(angular_momentum(end, masses) - angular_momentum(state, masses)).max()
    return float(linear), float(angular)
