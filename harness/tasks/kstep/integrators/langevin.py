"""Langevin dynamics by the splitting BAOAB, on the manifold without momentum and angular momentum.

Half kick, half drift, exact Ornstein-Uhlenbeck v ← c v + √((1 - c²) k_B T/m) ξ with c = exp(-γ dt), half drift, half
kick. Rigid motion is removed from the noise at the positions where it acts, so that 3N - 6 degrees of freedom are
sampled. Configurational averages of a harmonic oscillator are exact; order 2 in dt otherwise.

Source: B. Leimkuhler, C. Matthews, Appl. Math. Res. Express 2013, 34.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import OnForce
from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.state import State
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K

FRICTION_PS = 10.0


@dataclass(eq=False)
class Langevin(OnForce):
    """BAOAB at ``temperature_k`` with friction ``friction_ps`` in 1/ps and noise of ``rng``."""

    force: Counted
    masses_da: np.ndarray
    dt_ps: float
    temperature_k: float
    rng: np.random.Generator
    friction_ps: float = FRICTION_PS
    name: str = "langevin"

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    def step(self, state: State) -> State:
        """The state ``dt_ps`` later."""
        forces = self.force(state.positions_nm)[1] if state.forces is None else state.forces
        half = 0.5 * self.dt_ps / self.masses_da[:, None]
        velocities = state.velocities_nm_ps + half * forces
        positions = state.positions_nm + 0.5 * self.dt_ps * velocities
        retained = exp(-self.friction_ps * self.dt_ps)
        widths = sqrt(1 - retained**2) * np.sqrt(BOLTZMANN_KJ_MOL_K * self.temperature_k / self.masses_da)[:, None]
        velocities = retained * velocities + widths * self.rng.standard_normal(velocities.shape)
        velocities = without_rigid_motion(positions, velocities, self.masses_da)
        positions = positions + 0.5 * self.dt_ps * velocities
        energy, forces = self.force(positions)
        return State(positions, velocities + half * forces, energy, forces)
