"""Every integrator by its name, set up for a molecule: what users name, and what the suites compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError, nearest
from harness.tasks.kstep.forces import Counted, Force, inner_force
from harness.tasks.kstep.integrators.base import Integrator
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.steps import Step

if TYPE_CHECKING:
    from harness.tasks.kstep.integrators.respa import Respa
    from harness.tasks.kstep.jump.integrator import Jump
    from harness.tasks.kstep.shared.potential import SharedCorrection


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


def _force_field(setting: Setting) -> Integrator:
    from harness.tasks.kstep.integrators.forcefield import OnForceField

    return OnForceField(inner_force("mmff", setting.molecule), setting.molecule.masses_da, setting.step)


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


def _respa(setting: Setting, inner: Force, name: str) -> Respa:
    from harness.tasks.kstep.integrators.respa import Respa

    step = setting.step
    return Respa(Counted(setting.quantum), inner, setting.molecule.masses_da, step.dt_ps, step.k, name)


def _kernel(setting: Setting) -> Respa:
    from harness.tasks.kstep.kernel.potential import Plus
    from harness.tasks.kstep.kernel.weights import load_kernel

    inner = inner_force("mmff", setting.molecule)
    return _respa(setting, Plus(inner, load_kernel(setting.molecule, inner.name, setting.weights)), "kernel")


def _adaptive(setting: Setting) -> Integrator:
    from harness.tasks.kstep.integrators.adaptive import AdaptiveRespa
    from harness.tasks.kstep.kernel.weights import stated_residual

    return AdaptiveRespa(_kernel(setting), stated_residual(setting.molecule, setting.weights), "kernel-adaptive")


def shared_inside(setting: Setting, correction: SharedCorrection, name: str = "shared") -> Integrator:
    """RESPA with MMFF94 and a correction that serves all molecules inside."""
    from harness.tasks.kstep.kernel.potential import Plus

    inner = inner_force("mmff", setting.molecule)
    return _respa(setting, Plus(inner, correction.of(setting.molecule)), name)


def _shared(setting: Setting) -> Integrator:
    from harness.tasks.kstep.shared.weights import load

    return shared_inside(setting, load("MMFF94", setting.weights))


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
    "force-field": (_force_field, "velocity Verlet of the base step on MMFF94 alone, without any quantum call"),
    "heavy-hydrogens": (_heavy, "velocity Verlet with hydrogens of 3.024 Da"),
    "rattle": (_rattle, "velocity Verlet with bonds to hydrogen of fixed length"),
    "respa-mmff": (lambda s: _respa(s, inner_force("mmff", s.molecule), "respa-mmff"), "RESPA with MMFF94 inside"),
    "respa-gfn-ff": (
        lambda s: _respa(s, inner_force("gfn-ff", s.molecule), "respa-gfn-ff"),
        "RESPA with GFN-FF inside",
    ),
    "kernel": (_kernel, "RESPA with MMFF94 and the learned correction potential inside (ours)"),
    "kernel-adaptive": (_adaptive, "the same, k falls after a window whose residual is above that of the labels"),
    "shared": (_shared, "RESPA with MMFF94 and a correction that serves all molecules inside"),
    "jump": (_jump, "the network that predicts jumps, without any quantum call"),
    "jump-corrected": (_corrected, "the same with one quantum step of velocity Verlet after each jump"),
}
"""Name -> the function that makes it, and its description."""
CORRECTOR_STEPS = {"jump": 0, "jump-corrected": 1}
"""Base steps that follow the jump in one macro step, of the methods whose network jumps a number of base steps that it
was trained for."""


def base_steps(name: str, planned: int, weights: Path | None = None) -> int:
    """Base steps of a macro step: those of the plan; of a network, its jump and what follows it.

    Of the networks that there are (in ``weights``, a file or a folder, else packaged) it is that of the longest jump
    of no more base steps than the plan, else that of the shortest jump.
    """
    if name not in CORRECTOR_STEPS:
        return planned
    from harness.tasks.kstep.jump.weights import lengths

    known = lengths(weights)
    jump = max((k for k in known if k <= planned), default=min(known, default=planned))
    return jump + CORRECTOR_STEPS[name]


def step_of(name: str, k: int) -> Step:
    """The step that a method is set up with so that its macro step has k base steps."""
    return Step(k - CORRECTOR_STEPS.get(name, 0))


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
