"""A molecule in a water cluster: GFN2-xTB for the solute, MMFF94 for the water and for all that acts between them.

The slow force of RESPA is that of GFN2-xTB minus MMFF94 on the solute alone, so that the learned correction of the
solute serves unchanged; the water, whose atoms are fast too, moves with the base step of 0.25 fs on MMFF94.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harness.tasks.kstep.forces import Counted, Force, Mmff
from harness.tasks.kstep.forces.embedding import Embedded, OnSolute, in_water
from harness.tasks.kstep.integrators.base import Integrator, Path, run
from harness.tasks.kstep.integrators.langevin import Langevin
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.kernel.potential import Plus
from harness.tasks.kstep.kernel.weights import load_kernel
from harness.tasks.kstep.minimum import minimum
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.state import State, thermal_velocities
from harness.tasks.kstep.steps import Step

RELAXED_KJ_MOL_NM = 2.0
WARM_UP_PS = 0.5
WARM_UP_DT_PS = 5e-4
METHODS = ("kernel", "respa-mmff", "verlet")


@dataclass(frozen=True, eq=False)
class Cluster:
    """``molecule`` is the whole cluster at a minimum of MMFF94, ``solute`` its first atoms."""

    molecule: Molecule
    solute: Molecule

    @cached_property
    def field(self) -> Force:
        """MMFF94 of everything."""
        return Mmff(self.molecule)

    def force(self, found: Resolution) -> Counted:
        """The embedded force, with each SCF of the solute from the last one."""
        quantum = found.force(self.solute, warm=True)
        return Counted(Embedded(self.field, quantum, Mmff(self.solute), len(self.solute)))

    def integrator(self, method: str, found: Resolution, step: Step) -> Integrator:
        """RESPA with the learned correction of the solute inside, RESPA without it, or velocity Verlet."""
        force, masses = self.force(found), self.molecule.masses_da
        if method == "verlet":
            return VelocityVerlet(force, masses, step.tau_ps)
        inner = self.field
        if method == "kernel":
            inner = Plus(inner, OnSolute(load_kernel(self.solute, Mmff.name), len(self.solute)))
        return Respa(force, inner, masses, step.dt_ps, step.k, method)

    def start(self, temperature_k: float, seed: int) -> State:
        """A thermal state by Langevin dynamics on MMFF94, without momentum and angular momentum."""
        rng = np.random.default_rng(seed)
        x, masses = self.molecule.positions_nm, self.molecule.masses_da
        langevin = Langevin(Counted(self.field), masses, WARM_UP_DT_PS, temperature_k, rng)
        begin = State(x, thermal_velocities(x, masses, temperature_k, rng))
        path = run(langevin, begin, round(WARM_UP_PS / WARM_UP_DT_PS))
        return State(path.positions_nm[-1], path.velocities_nm_ps[-1])


def cluster_of(solute: Molecule, waters: int) -> Cluster:
    """The solute with the nearest waters of a grid, relaxed on MMFF94."""
    made = in_water(solute, waters)
    return Cluster(made.at(minimum(Mmff(made), made.positions_nm, RELAXED_KJ_MOL_NM)), solute)


def energy_paths(
    cluster: Cluster, method: str, found: Resolution, step: Step, starts: Sequence[State], length_ps: float
) -> list[Path]:
    """Constant-energy runs with nothing rescaled, one from each start."""
    steps = round(length_ps / step.tau_ps)
    return [run(cluster.integrator(method, found, step), start, steps) for start in starts]
