"""Jumps as an integrator, alone or followed by a quantum corrector.

Without the corrector, a macro step needs no quantum call. With it, a step of velocity Verlet on the quantum force
follows each jump, with two calls for (k + 1) base steps: compared with velocity Verlet of the base step this saves a
factor (k + 1)/2, not k. A jump that fails its checks is repeated with halved outputs, then replaced by velocity Verlet
on the quantum force.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.integrators.base import Repairing
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State, kinetic_energy

if TYPE_CHECKING:
    from harness.tasks.kstep.jump.network import JumpNetwork

MOST_RETRIES = 2
LARGEST_GAIN = 0.5
"""A jump whose relative change of the kinetic energy exceeds this is repeated with smaller outputs: at 300 K with nine
atoms the kinetic energy changes by a third within a few femtoseconds even in exact dynamics."""


@dataclass(eq=False)
class Jump:
    """The network as a map of states; momentum and angular momentum are those of the start."""

    network: JumpNetwork
    molecule: Molecule
    dt_ps: float
    name: str = "jump"

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    @property
    def masses_da(self) -> np.ndarray:
        """Masses of the molecule."""
        return self.molecule.masses_da

    @property
    def qm_calls(self) -> int:
        """None: 0."""
        return 0

    def step(self, state: State) -> State:
        """The state one jump later."""
        return self.scaled_step(state, 1.0)

    def scaled_step(self, state: State, scale: float) -> State:
        """The jump with the network's outputs multiplied by ``scale``."""
        residual, change = predicted(self.network, self.molecule, state, self.dt_ps)
        masses = self.masses_da
        positions = state.positions_nm + self.dt_ps * state.velocities_nm_ps + scale * residual
        velocities = state.velocities_nm_ps + scale * change
        drift = self.dt_ps * masses @ state.velocities_nm_ps / masses.sum()
        positions += (masses @ (state.positions_nm - positions)) / masses.sum() + drift
        return State(positions, _with_momenta_of(state, positions, velocities, masses))


@dataclass(eq=False)
class Corrected(Repairing):
    """A jump of k base steps, then one base step of velocity Verlet on the quantum force.

    ``retries`` counts jumps that were made again with outputs of half the size, ``fallbacks`` those that velocity
    Verlet replaced.
    """

    jump: Jump
    verlet: VelocityVerlet
    name: str = "jump-corrected"
    retries: int = field(default=0, init=False)
    fallbacks: int = field(default=0, init=False)

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    @classmethod
    def of(cls, jump: Jump, force: Counted, base_dt_ps: float) -> Corrected:
        """With one base step of ``base_dt_ps`` after each jump."""
        return cls(jump, VelocityVerlet(force, jump.masses_da, base_dt_ps))

    @property
    def dt_ps(self) -> float:
        """(k + 1) base steps."""
        return self.jump.dt_ps + self.verlet.dt_ps

    @property
    def masses_da(self) -> np.ndarray:
        """Masses of the molecule."""
        return self.jump.masses_da

    @property
    def qm_calls(self) -> int:
        """Calls of the quantum force so far."""
        return self.verlet.qm_calls

    def step(self, state: State) -> State:
        """The state one jump and one base step later."""
        return self.verlet.step(self._jumped(state).bare())

    def _jumped(self, state: State) -> State:
        before = kinetic_energy(state.velocities_nm_ps, self.masses_da)
        for attempt in range(MOST_RETRIES + 1):
            end = self.jump.scaled_step(state, 0.5**attempt)
            after = kinetic_energy(end.velocities_nm_ps, self.masses_da)
            if np.isfinite(after) and abs(after - before) <= LARGEST_GAIN * before:
                return end
            self.retries += attempt < MOST_RETRIES
        self.fallbacks += 1
        for _ in range(round(self.jump.dt_ps / self.verlet.dt_ps)):
            state = self.verlet.step(state)
        return state


def predicted(network: JumpNetwork, molecule: Molecule, state: State, tau_ps: float) -> tuple[np.ndarray, np.ndarray]:
    """Δx - v τ in nm and Δv in nm/ps, (N, 3) each."""
    import torch

    from harness.tasks.kstep.jump.network import graph_distances

    network.eval()
    kind = network.scales.dtype
    with torch.no_grad():
        residual, change = network(
            torch.tensor(molecule.numbers),
            graph_distances(len(molecule), molecule.bonds),
            torch.tensor(state.positions_nm, dtype=kind)[None],
            torch.tensor(state.velocities_nm_ps, dtype=kind)[None],
            tau_ps,
        )
    return residual[0].double().numpy(), change[0].double().numpy()


def _with_momenta_of(state: State, positions: np.ndarray, velocities: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Velocities at ``positions`` with the momentum and the angular momentum of ``state``: the least change in m v²."""
    total = masses.sum()
    mean = masses @ state.velocities_nm_ps / total
    centred_then = state.positions_nm - masses @ state.positions_nm / total
    centred = positions - masses @ positions / total
    relative = velocities - masses @ velocities / total
    due = masses @ np.cross(centred_then, state.velocities_nm_ps - mean)
    missing = due - masses @ np.cross(centred, relative)
    weighted = masses[:, None] * centred
    inertia = (weighted * centred).sum() * np.eye(3) - weighted.T @ centred
    return mean + relative + np.cross(np.linalg.pinv(inertia, hermitian=True) @ missing, centred)
