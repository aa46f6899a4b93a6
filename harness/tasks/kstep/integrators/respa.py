"""RESPA: k steps of velocity Verlet on a cheap inner force between kicks by the difference to the quantum force.

With τ = k·dt:  v ← v + (τ/2)(F_QM - F_in)/m;  k steps of velocity Verlet on F_in;  v ← v + (τ/2)(F_QM - F_in)/m.
Symplectic and reversible for any inner potential; order 2 in τ with an error that is proportional to F_QM - F_in.
Momentum and angular momentum are conserved where the inner potential is invariant. One quantum call a macro step.

Source: M. Tuckerman, B. J. Berne, G. J. Martyna, J. Chem. Phys. 97, 1990 (1992).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import OnForce
from harness.tasks.kstep.state import State


@dataclass(eq=False)
class Respa(OnForce):
    """RESPA with ``k`` inner steps of ``inner_dt_ps``.

    ``residual_kj_mol_nm`` is the rms of F_QM - F_in at the last kick: it needs no additional call, and is the exact
    error of the inner force at this geometry.
    """

    force: Counted
    inner: Force
    masses_da: np.ndarray
    inner_dt_ps: float
    k: int
    name: str = "respa"
    residual_kj_mol_nm: float = field(default=np.nan, init=False)

    @property
    def dt_ps(self) -> float:
        """The macro step k·dt in ps."""
        return self.k * self.inner_dt_ps

    def step(self, state: State) -> State:
        """The state one macro step later."""
        positions = state.positions_nm
        slow = self.force(positions)[1] if state.forces is None else state.forces
        fast = self.inner(positions)[1] if state.inner_forces is None else state.inner_forces
        inverse = 1 / self.masses_da[:, None]
        kick, half = 0.5 * self.dt_ps * inverse, 0.5 * self.inner_dt_ps * inverse
        velocities = state.velocities_nm_ps + kick * (slow - fast)
        for _ in range(self.k):
            velocities = velocities + half * fast
            positions = positions + self.inner_dt_ps * velocities
            fast = self.inner(positions)[1]
            velocities = velocities + half * fast
        energy, slow = self.force(positions)
        end = State(positions, velocities + kick * (slow - fast), energy, slow, fast)
        self.residual_kj_mol_nm = end.residual_kj_mol_nm
        return end
