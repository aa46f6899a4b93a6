"""Every integrator by its name, set up for a molecule: what users name, and what the suites compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError, nearest, shown
from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import Integrator
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.units import BASE_DT_PS, FS

if TYPE_CHECKING:
    from harness.tasks.kstep.jump.integrator import Jump

MOST_K = 64
LARGEST_BASE_DT_PS = 1e-3
INNER = ("mmff", "gfn-ff")


@dataclass(frozen=True)
class Step:
    """A macro step of ``k`` base steps of ``dt_ps``.

    Raises
    ------
    InputError
        For k < 1 or above :data:`MOST_K`, dt <= 0 or above 1 fs.
    """

    k: int
    dt_ps: float = BASE_DT_PS

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int) or not 1 <= self.k <= MOST_K:
            raise InputError(f"k = {shown(self.k)}: a whole number of base steps from 1 to {MOST_K} is due")
        if not 0 < self.dt_ps <= LARGEST_BASE_DT_PS:
            raise InputError(
                f"base time step {self.dt_ps / FS:g} fs must be above 0 and at most {LARGEST_BASE_DT_PS / FS:g} fs: "
                "beyond it no inner force field follows the bonds to hydrogen; take a larger k instead"
            )

    @property
    def tau_ps(self) -> float:
        """The macro step in ps."""
        return self.k * self.dt_ps


@dataclass(frozen=True)
class Setting:
    """What a method is set up from: the molecule, its quantum force, the macro step, and weights where it needs any."""

    molecule: Molecule
    quantum: Force
    step: Step
    weights: Path | None = None


def _verlet(setting: Setting) -> Integrator:
    from harness.tasks.kstep.integrators.verlet import VelocityVerlet

    return VelocityVerlet(Counted(setting.quantum), setting.molecule.masses_da, setting.step.tau_ps)


def _heavy(setting: Setting) -> Integrator:
    from harness.tasks.kstep.integrators.masses import heavier_hydrogens
    from harness.tasks.kstep.integrators.verlet import VelocityVerlet

    masses = heavier_hydrogens(setting.molecule)
    return VelocityVerlet(Counted(setting.quantum), masses, setting.step.tau_ps, "heavy-hydrogens")


def _rattle(setting: Setting) -> Integrator:
    from harness.tasks.kstep.integrators.rattle import Rattle, hydrogen_bonds

    molecule = setting.molecule
    pairs = hydrogen_bonds(molecule)
    if not len(pairs):
        raise InputError(f"{molecule.name}: no bonds to hydrogen, which is what rattle holds; take verlet")
    lengths = np.linalg.norm(molecule.positions_nm[pairs[:, 0]] - molecule.positions_nm[pairs[:, 1]], axis=1)
    return Rattle(Counted(setting.quantum), molecule.masses_da, setting.step.tau_ps, pairs, lengths)


def inner_force(name: str, molecule: Molecule) -> Force:
    """The force field of the inner steps: "mmff" or "gfn-ff"."""
    from harness.tasks.kstep.forces.gfnff import GfnFF
    from harness.tasks.kstep.forces.mmff import Mmff

    if name not in INNER:
        raise InputError(f"inner force {name!r} is unknown{nearest(name, INNER)} (known: {', '.join(INNER)})")
    return Mmff(molecule) if name == "mmff" else GfnFF(molecule)


def _respa(setting: Setting, inner: Force, name: str) -> Integrator:
    from harness.tasks.kstep.integrators.respa import Respa

    step = setting.step
    return Respa(Counted(setting.quantum), inner, setting.molecule.masses_da, step.dt_ps, step.k, name)


def _kernel(setting: Setting) -> Integrator:
    from harness.tasks.kstep.kernel.potential import Plus
    from harness.tasks.kstep.kernel.weights import load_kernel

    inner = inner_force("mmff", setting.molecule)
    return _respa(setting, Plus(inner, load_kernel(setting.molecule, inner.name, setting.weights)), "kernel")


def _jump(setting: Setting) -> Jump:
    from harness.tasks.kstep.jump.integrator import Jump
    from harness.tasks.kstep.jump.weights import load_jump

    step, molecule = setting.step, setting.molecule
    return Jump(load_jump(step.k, step.tau_ps, molecule.numbers, setting.weights), molecule, step.tau_ps)


def _corrected(setting: Setting) -> Integrator:
    from harness.tasks.kstep.jump.integrator import Corrected

    return Corrected.of(_jump(setting), Counted(setting.quantum), setting.step.dt_ps)


METHODS: dict[str, tuple[Callable[[Setting], Integrator], str]] = {
    "verlet": (_verlet, "velocity Verlet with the macro step"),
    "heavy-hydrogens": (_heavy, "velocity Verlet with hydrogens of 3.024 Da"),
    "rattle": (_rattle, "velocity Verlet with bonds to hydrogen of fixed length"),
    "respa-mmff": (lambda s: _respa(s, inner_force("mmff", s.molecule), "respa-mmff"), "RESPA with MMFF94 inside"),
    "respa-gfn-ff": (lambda s: _respa(s, inner_force("gfn-ff", s.molecule), "respa-gfn-ff"), "RESPA with GFN-FF inside"),
    "kernel": (_kernel, "RESPA with MMFF94 and the learned correction potential inside (ours)"),
    "jump": (_jump, "the network that predicts jumps, without any quantum call"),
    "jump-corrected": (_corrected, "the same with one quantum step of velocity Verlet behind each jump"),
}
"""Name -> how it is made, and what it is."""


def make(name: str, setting: Setting) -> Integrator:
    """An integrator by its name.

    Raises
    ------
    InputError
        For an unknown name, or what the method cannot do for this molecule.
    """
    if name not in METHODS:
        raise InputError(f"integrator {name!r} is unknown{nearest(name, METHODS)} (known: {', '.join(METHODS)})")
    return METHODS[name][0](setting)
