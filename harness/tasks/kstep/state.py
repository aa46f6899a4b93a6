"""Positions and velocities of a molecule, and the forces that a step hands on to the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.units import BOLTZMANN_KJ_MOL_K


@dataclass(frozen=True, eq=False)
class State:
    """A point in phase space.

    ``positions_nm`` and ``velocities_nm_ps`` have shape (N, 3). ``energy_kj_mol`` and ``forces`` are the quantum
    potential and forces at these positions where they are known, ``inner_forces`` those of the inner potential: so one
    macro step needs one quantum call. A state made by hand has none of them, and the first step computes them.
    """

    positions_nm: np.ndarray
    velocities_nm_ps: np.ndarray
    energy_kj_mol: float | None = None
    forces: np.ndarray | None = None
    inner_forces: np.ndarray | None = None

    @property
    def residual_kj_mol_nm(self) -> float:
        """Root mean square of F_QM - F_in here, the exact error of the inner force; NaN where one is not known."""
        if self.forces is None or self.inner_forces is None:
            return float("nan")
        return float(np.sqrt(np.mean((self.forces - self.inner_forces) ** 2)))

    def bare(self) -> State:
        """Positions and velocities alone: for another force, or another integrator."""
        return State(self.positions_nm, self.velocities_nm_ps)

    def reversed(self) -> State:
        """The same with all velocities turned round."""
        return replace(self, velocities_nm_ps=-self.velocities_nm_ps)


def kinetic_energy(velocities_nm_ps: np.ndarray, masses_da: np.ndarray) -> np.ndarray:
    """Σ m v²/2 in kJ/mol, shape (…), from velocities (…, N, 3)."""
    return 0.5 * np.einsum("...ia,...ia,i->...", velocities_nm_ps, velocities_nm_ps, masses_da)


def momentum(state: State, masses_da: np.ndarray) -> np.ndarray:
    """Σ m v in Da·nm/ps, (3,)."""
    return masses_da @ state.velocities_nm_ps


def angular_momentum(state: State, masses_da: np.ndarray) -> np.ndarray:
    """Σ m r × v about the centre of mass, in Da·nm²/ps, (3,)."""
    centred = state.positions_nm - masses_da @ state.positions_nm / masses_da.sum()
    return masses_da @ np.cross(centred, state.velocities_nm_ps)


def thermal_velocities(
    positions_nm: np.ndarray, masses_da: np.ndarray, temperature_k: float, rng: np.random.Generator
) -> np.ndarray:
    """Velocities of the Maxwell-Boltzmann distribution without momentum and angular momentum, (N, 3) in nm/ps."""
    widths = np.sqrt(BOLTZMANN_KJ_MOL_K * temperature_k / masses_da)[:, None]
    return without_rigid_motion(positions_nm, widths * rng.standard_normal(positions_nm.shape), masses_da)
