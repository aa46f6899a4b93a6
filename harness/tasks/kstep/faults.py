"""Seeded faults: common mistakes in an integrator, as data; each must fail, with its reason on the page.

Every fault is made from the same setting as the correct method ``kernel``, or RESPA with MMFF94 where a molecule has no
learned potential. None of them is ever a subject of a real validation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.forces.base import Counted, Force
from harness.tasks.kstep.integrators.base import Around, Integrator
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.methods import Setting
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State, kinetic_energy


@dataclass(frozen=True)
class Fault:
    """A name, a description of the error, and the function that makes a faulty integrator from a correct one."""

    name: str
    words: str
    apply: Callable[[Respa, Setting], Integrator]


@dataclass(eq=False)
class Altered(Around):
    """A correct integrator whose states pass ``before`` and ``after`` at each step."""

    inner: Respa
    after: Callable[[State, State], State]
    name: str = "altered"

    symplectic: ClassVar[bool] = True
    reversible: ClassVar[bool] = True

    def step(self, state: State) -> State:
        """The correct step, altered."""
        return self.after(state, self.inner.step(state))


@dataclass(frozen=True)
class Changed:
    """A force whose components pass ``change``."""

    force: Force
    change: Callable[[np.ndarray], np.ndarray]

    @property
    def name(self) -> str:
        """That of the force."""
        return self.force.name

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """The energy, and the changed forces."""
        energy, forces = self.force(positions_nm)
        return energy, self.change(forces)


@dataclass
class Stale:
    """A force that returns the forces of the previous call."""

    force: Force
    last: np.ndarray | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """That of the force."""
        return self.force.name

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """The energy at these positions, and the forces at the last ones."""
        energy, forces = self.force(positions_nm)
        answer = forces if self.last is None else self.last
        self.last = forces
        return energy, answer


@dataclass(eq=False)
class NoLastKick(Respa):
    """RESPA without the second half kick."""

    def step(self, state: State) -> State:
        """One macro step; the second half kick is undone."""
        end = super().step(state)
        assert end.forces is not None
        assert end.inner_forces is not None
        kick = 0.5 * self.dt_ps / self.masses_da[:, None] * (end.forces - end.inner_forces)
        return replace(end, velocities_nm_ps=end.velocities_nm_ps - kick)


@dataclass(eq=False)
class InnerTwice(Respa):
    """RESPA that kicks with the whole quantum force: the force field acts on top of it."""

    def step(self, state: State) -> State:
        """One macro step with the inner force added once more at both kicks."""
        fast = self.inner(state.positions_nm)[1]
        kick = 0.5 * self.dt_ps / self.masses_da[:, None]
        end = super().step(replace(state, velocities_nm_ps=state.velocities_nm_ps + kick * fast))
        return replace(end, velocities_nm_ps=end.velocities_nm_ps + kick * self.inner(end.positions_nm)[1])


def _with_quantum(correct: Respa, force: Force) -> Respa:
    return Respa(Counted(force), correct.inner, correct.masses_da, correct.inner_dt_ps, correct.k, correct.name)


def _kind(kind: type[Respa], correct: Respa) -> Respa:
    return kind(correct.force, correct.inner, correct.masses_da, correct.inner_dt_ps, correct.k, correct.name)


def _sign_of_one_atom(forces: np.ndarray) -> np.ndarray:
    changed = forces.copy()
    changed[0] *= -1
    return changed


def _swapped(molecule: Molecule) -> Callable[[np.ndarray], np.ndarray]:
    order = np.arange(len(molecule))
    hydrogens = [atom for atom, number in enumerate(molecule.numbers) if number == 1]
    order[[hydrogens[0], hydrogens[-1]]] = order[[hydrogens[-1], hydrogens[0]]]
    return lambda forces: forces[order]


def _noisy(seed: int, size: float) -> Callable[[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    return lambda forces: forces + size * rng.standard_normal(forces.shape)


def _wrong_mass(correct: Respa, setting: Setting) -> Respa:
    masses = correct.masses_da.copy()
    masses[0] += 1.0
    return Respa(correct.force, correct.inner, masses, correct.inner_dt_ps, correct.k, correct.name)


def rescaled(correct: Respa) -> Altered:
    """``correct`` with velocities that are rescaled after each step to the total energy after the first."""
    total: list[float] = []

    def after(before: State, end: State) -> State:
        assert end.energy_kj_mol is not None
        kinetic = float(kinetic_energy(end.velocities_nm_ps, correct.masses_da))
        total.append(end.energy_kj_mol + kinetic)
        due = max(total[0] - end.energy_kj_mol, 0.0)
        return replace(end, velocities_nm_ps=end.velocities_nm_ps * np.sqrt(due / kinetic))

    return Altered(correct, after, correct.name)


def _lost_bond(correct: Respa, setting: Setting) -> Respa:
    from harness.tasks.kstep.forces.gfnff import GfnFF

    one = setting.molecule
    torn = Molecule(one.name, one.numbers, one.positions_nm, one.bonds[:-1], one.formal_charges)
    return Respa(correct.force, GfnFF(torn), correct.masses_da, correct.inner_dt_ps, correct.k, correct.name)


def _loose_scf(correct: Respa, setting: Setting) -> Respa:
    from harness.tasks.kstep.forces.tblite import Gfn2

    return _with_quantum(correct, Gfn2(setting.molecule, warm=True, accuracy=1.0))


FAULTS = (
    Fault("velocities-100", "velocities come out a hundred times too large (a slip of units)",
          lambda c, s: Altered(c, lambda _, end: replace(end, velocities_nm_ps=100 * end.velocities_nm_ps), c.name)),
    Fault("half-kick", "the second half kick is missing", lambda c, s: _kind(NoLastKick, c)),
    Fault("inner-stale", "the gradient of the force field is that of the call before",
          lambda c, s: Respa(c.force, Stale(c.inner), c.masses_da, c.inner_dt_ps, c.k, c.name)),
    Fault("inner-twice", "the force field acts on top of the quantum force", lambda c, s: _kind(InnerTwice, c)),
    Fault("quantum-stale", "the quantum force is that of the macro step before",
          lambda c, s: _with_quantum(c, Stale(s.quantum))),
    Fault("swapped", "the quantum forces of two hydrogens are swapped",
          lambda c, s: _with_quantum(c, Changed(s.quantum, _swapped(s.molecule)))),
    Fault("sign", "the quantum force of one atom has the wrong sign",
          lambda c, s: _with_quantum(c, Changed(s.quantum, _sign_of_one_atom))),
    Fault("noise", "the quantum forces have random noise of 20 kJ/mol/nm",
          lambda c, s: _with_quantum(c, Changed(s.quantum, _noisy(7, 20.0)))),
    Fault("scale", "the quantum forces are 1 % too large",
          lambda c, s: _with_quantum(c, Changed(s.quantum, lambda forces: 1.01 * forces))),
    Fault("k-minus-one", "one inner step less is taken than is stated",
          lambda c, s: Respa(c.force, c.inner, c.masses_da, c.inner_dt_ps, c.k - 1, c.name)),
    Fault("dt", "the time step is 1 % too long",
          lambda c, s: Respa(c.force, c.inner, c.masses_da, 1.01 * c.inner_dt_ps, c.k, c.name)),
    Fault("mass", "the first atom is 1 Da too heavy", _wrong_mass),
    Fault("rescaled", "velocities are rescaled so that the energy seems to be conserved",
          lambda c, s: rescaled(c)),
    Fault("topology", "the force field inside is GFN-FF with a bond missing in its topology", _lost_bond),
    Fault("loose-scf", "each SCF starts from the last one and is converged to the program's default only", _loose_scf),
)  # fmt: skip
"""Every fault of an integrator. (Stale and InnerTwice are also what the traps of RDKit look like from outside.)"""
