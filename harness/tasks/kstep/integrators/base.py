"""The common interface of all integrators, and the loop that runs one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from harness.tasks.kstep.forces.base import Counted, ForceFault
from harness.tasks.kstep.state import State, kinetic_energy

LONGEST_BOND = 1.5
"""A bond longer than this multiple of its length at the minimum counts as broken: the step has failed."""


class Integrator(Protocol):
    """One macro step of ``dt_ps`` at a time.

    ``qm_calls`` counts the quantum force calls since its creation. ``symplectic`` and ``reversible`` are the declared
    properties of the method; the suites measure both.
    """

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def dt_ps(self) -> float:
        """The macro step in ps."""
        ...

    @property
    def masses_da(self) -> np.ndarray:
        """Masses in Da, (N,)."""
        ...

    symplectic: ClassVar[bool]
    reversible: ClassVar[bool]

    @property
    def qm_calls(self) -> int:
        """Quantum force calls so far."""
        ...

    def step(self, state: State) -> State:
        """The state one macro step later."""
        ...


class OnForce:
    """The part of an integrator whose cost is the calls of one force; symplectic and reversible unless it denies it."""

    force: Counted

    symplectic: ClassVar[bool] = True
    reversible: ClassVar[bool] = True

    @property
    def qm_calls(self) -> int:
        """Calls of the force so far."""
        return self.force.calls


class Around:
    """An integrator around another one: its step, its masses and its calls are those of ``inner``."""

    inner: Integrator

    @property
    def dt_ps(self) -> float:
        """The macro step."""
        return self.inner.dt_ps

    @property
    def masses_da(self) -> np.ndarray:
        """Masses in Da, (N,)."""
        return self.inner.masses_da

    @property
    def qm_calls(self) -> int:
        """Quantum force calls so far."""
        return self.inner.qm_calls


class Repairing:
    """An integrator that checks its own steps: ``retries`` counts those that were made again in another way,
    ``fallbacks`` the macro steps for which shorter quantum steps were taken."""

    retries: int = 0
    fallbacks: int = 0


class StepFault(RuntimeError):
    """A macro step that failed: which one, and why."""


@dataclass(frozen=True, eq=False)
class Path:
    """The result of a run: all macro steps from the start on, S + 1 states.

    ``positions_nm`` and ``velocities_nm_ps`` have shape (S + 1, N, 3), ``potential_kj_mol`` and ``kinetic_kj_mol``
    (S + 1,). ``fault`` states why a run ended early, "" if it did not. ``residual_kj_mol_nm``, (S + 1,), is
    :attr:`harness.tasks.kstep.state.State.residual_kj_mol_nm` of each state; None for a path without forces.
    ``retries`` and ``fallbacks`` are those of :class:`Repairing` in this run.
    """

    dt_ps: float
    positions_nm: np.ndarray
    velocities_nm_ps: np.ndarray
    potential_kj_mol: np.ndarray
    kinetic_kj_mol: np.ndarray
    qm_calls: int
    fault: str = ""
    residual_kj_mol_nm: np.ndarray | None = None
    retries: int = 0
    fallbacks: int = 0

    @property
    def times_ps(self) -> np.ndarray:
        """Times of the states in ps, (S + 1,)."""
        return self.dt_ps * np.arange(len(self.positions_nm))

    @property
    def total_kj_mol(self) -> np.ndarray:
        """Total energy in kJ/mol, (S + 1,): NaN if the integrator computes no quantum energy."""
        return self.potential_kj_mol + self.kinetic_kj_mol


def run(
    integrator: Integrator, start: State, steps: int, bonds_nm: tuple[np.ndarray, np.ndarray] | None = None
) -> Path:
    """Take ``steps`` macro steps.

    Parameters
    ----------
    bonds_nm
        Pairs (B, 2) of bonded atoms and their lengths (B,) at the minimum; a run ends where one is broken.

    Returns
    -------
    Path
        Up to the first step that failed (a force fault, a broken bond, a value that is not finite).
    """
    states, fault = [start], ""
    before, repaired = integrator.qm_calls, _repairs(integrator)
    for number in range(steps):
        try:
            state = integrator.step(states[-1])
            _check(state, bonds_nm)
        except (ForceFault, StepFault) as error:
            fault = f"step {number + 1} of {steps} failed: {error}"
            break
        states.append(state)
    velocities = np.array([state.velocities_nm_ps for state in states])
    potential = [np.nan if state.energy_kj_mol is None else state.energy_kj_mol for state in states]
    return Path(
        integrator.dt_ps,
        np.array([state.positions_nm for state in states]),
        velocities,
        np.array(potential),
        kinetic_energy(velocities, integrator.masses_da),
        integrator.qm_calls - before,
        fault,
        np.array([state.residual_kj_mol_nm for state in states]),
        *(now - then for now, then in zip(_repairs(integrator), repaired, strict=True)),
    )


def _repairs(integrator: Integrator) -> tuple[int, int]:
    """Retries and fallbacks so far."""
    return (integrator.retries, integrator.fallbacks) if isinstance(integrator, Repairing) else (0, 0)


def _check(state: State, bonds_nm: tuple[np.ndarray, np.ndarray] | None) -> None:
    if not (np.isfinite(state.positions_nm).all() and np.isfinite(state.velocities_nm_ps).all()):
        raise StepFault("a coordinate or a velocity is not finite")
    if bonds_nm is None:
        return
    pairs, lengths = bonds_nm
    x = state.positions_nm
    found = np.linalg.norm(x[pairs[:, 0]] - x[pairs[:, 1]], axis=1)
    worst = int(np.argmax(found / lengths))
    if found[worst] > LONGEST_BOND * lengths[worst]:
        i, j = pairs[worst]
        raise StepFault(f"the bond of atoms {i} and {j} has {found[worst]:.4f} nm, {LONGEST_BOND:g} times its length")
