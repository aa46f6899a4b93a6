"""A thermostat for any integrator: half an Ornstein-Uhlenbeck step before and after each macro step.

It samples the canonical distribution of the energy that the integrator conserves; rigid motion is removed from the
noise.

Source: G. Bussi, M. Parrinello, Phys. Rev. E 75, 056707 (2007).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, sqrt
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.integrators.base import Around, Integrator
from harness.tasks.kstep.integrators.langevin import FRICTION_PS
from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.state import State
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K


@dataclass(eq=False)
class Thermostatted(Around):
    """``inner`` with noise of ``seed`` at ``temperature_k``."""

    inner: Integrator
    temperature_k: float
    seed: int
    friction_ps: float = FRICTION_PS
    rng: np.random.Generator = field(init=False)

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    @property
    def name(self) -> str:
        """That of the integrator."""
        return self.inner.name

    def step(self, state: State) -> State:
        """The state one macro step later."""
        return self._noised(self.inner.step(self._noised(state)))

    def _noised(self, state: State) -> State:
        retained = exp(-0.5 * self.friction_ps * self.dt_ps)
        widths = sqrt(1 - retained**2) * np.sqrt(BOLTZMANN_KJ_MOL_K * self.temperature_k / self.masses_da)[:, None]
        velocities = retained * state.velocities_nm_ps + widths * self.rng.standard_normal(state.velocities_nm_ps.shape)
        velocities = without_rigid_motion(state.positions_nm, velocities, self.masses_da)
        return replace(state, velocities_nm_ps=velocities)
