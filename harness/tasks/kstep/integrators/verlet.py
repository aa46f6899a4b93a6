"""Velocity Verlet: the method of the reference trajectories, and the simplest integrator for any step.

v ← v + (dt/2) F(x)/m;  x ← x + dt v;  v ← v + (dt/2) F(x)/m. Order 2 in dt, symplectic, reversible; one call a step.
A harmonic oscillator of frequency ω runs at (2/dt) asin(ω dt/2) and is stable for ω dt < 2.

Source: W. C. Swope et al., J. Chem. Phys. 76, 637 (1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import OnForce
from harness.tasks.kstep.state import State


@dataclass(eq=False)
class VelocityVerlet(OnForce):
    """Velocity Verlet on one force with steps of ``dt_ps``."""

    force: Counted
    masses_da: np.ndarray
    dt_ps: float
    name: str = "verlet"

    def step(self, state: State) -> State:
        """The state ``dt_ps`` later."""
        forces = self.force(state.positions_nm)[1] if state.forces is None else state.forces
        half = 0.5 * self.dt_ps / self.masses_da[:, None]
        velocities = state.velocities_nm_ps + half * forces
        positions = state.positions_nm + self.dt_ps * velocities
        energy, forces = self.force(positions)
        return State(positions, velocities + half * forces, energy, forces)
