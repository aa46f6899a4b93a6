"""Velocity Verlet of the base step with only a force field: no quantum call, and another energy surface.

Every learned jump must be more accurate than this. It is also the control that must fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.state import State
from harness.tasks.kstep.steps import Step


@dataclass(eq=False)
class OnForceField:
    """k base steps on ``inner`` as one macro step."""

    inner: Force
    masses_da: np.ndarray
    base: Step
    name: str = "force-field"

    symplectic: ClassVar[bool] = True
    reversible: ClassVar[bool] = True

    @property
    def dt_ps(self) -> float:
        """The macro step in ps."""
        return self.base.tau_ps

    @property
    def qm_calls(self) -> int:
        """None: 0."""
        return 0

    def step(self, state: State) -> State:
        """The state one macro step later; its quantum energy is not known."""
        verlet = VelocityVerlet(Counted(self.inner), self.masses_da, self.base.dt_ps)
        inner = state.bare()
        for _ in range(self.base.k):
            inner = verlet.step(inner)
        return inner.bare()
