"""From states of Liouville space to the observables of docs/conventions.md: what every relaxing method shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import LONGITUDINAL, MINUS, PLUS, ProductStates
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.relaxation import Relaxation

RELAXATION = "relaxation"
"""What a method gives besides its observables: answers for systems that relax."""

Solve = Callable[[ProductStates, np.ndarray, np.ndarray], np.ndarray]
"""(states, start (D,), coils (C, D)) → (C, T) complex: the overlap of each coil with ρ(t)."""

Choose = Callable[[dict[str, int]], ProductStates]
"""Coherence order of each isotope, 0 for one that is not named → the states of the basis with these orders."""


def checked_relaxing(system: SpinSystem, method: str) -> Relaxation:
    """The relaxation of ``system``; :class:`InputError` without one."""
    if system.relaxation is None:
        raise InputError(f"method {method!r} takes systems that relax: this one has no relaxation, take 'exact'")
    return system.relaxation


def trajectory_of(
    laboratory: LaboratorySystem,
    grid: TimeGrid,
    wanted: tuple[str, ...],
    solve: Solve,
    provenance: Provenance,
    choose: Choose | None = None,
) -> Trajectory:
    """The observables from at most two calls of ``solve``, for the transverse and the longitudinal ones.

    ``choose`` makes the basis, by default all states of these orders.
    """

    def complete(orders: dict[str, int]) -> ProductStates:
        if laboratory.relaxation.rlx_keep == "labframe":
            return ProductStates.complete(len(laboratory))
        return ProductStates.of_orders(laboratory.rotating, orders)

    choose = choose or complete
    found: dict[str, np.ndarray] = {}
    if {"m", "spin_signals"} & set(wanted):
        found["spin_signals"] = transverse(laboratory, solve, choose)
        found["m"] = found["spin_signals"].mean(axis=0)
    if {"i1z", "spin_polarisations"} & set(wanted):
        found["spin_polarisations"] = longitudinal(laboratory, solve, choose)
        found["i1z"] = found["spin_polarisations"][laboratory.rotating.tagged_spin]
    m, i1z, signals, polarisations = (
        found[name] if name in wanted else None for name in ("m", "i1z", "spin_signals", "spin_polarisations")
    )
    return Trajectory.of(grid, provenance, m, i1z, signals, polarisations)


def transverse(laboratory: LaboratorySystem, solve: Solve, choose: Choose) -> np.ndarray:
    """(observed spins, T) spin signals: from Σ I_kx, the part along I_k+ of each spin, which is Mx - iMy."""
    system = laboratory.rotating
    states = choose({system.observed: 1})
    spins = system.observed_spins
    coils = np.zeros((len(spins), len(states)))
    for row, k in enumerate(spins):
        coils[row, states.place({k: PLUS})] = 1.0
    start = coils.sum(axis=0)
    if laboratory.relaxation.rlx_keep == "labframe":
        start[[states.place({k: MINUS}) for k in spins]] = 1.0
    signals = solve(states, start, coils)
    return signals if laboratory.turned[spins[0]] < 0 else signals.conj()


def longitudinal(laboratory: LaboratorySystem, solve: Solve, choose: Choose) -> np.ndarray:
    """(N, T) polarisations in our frame, in units of the tagged spin's at t = 0."""
    tagged = laboratory.rotating.tagged_spin
    states = choose({})
    coils = np.zeros((len(laboratory), len(states)))
    for k in range(len(laboratory)):
        coils[k, states.place({k: LONGITUDINAL})] = 1.0
    start = coils[tagged].copy()
    if laboratory.relaxation.equilibrium == "dibari":
        start *= laboratory.inverted_share
        start[states.place({})] = 1.0
    signals = np.real(solve(states, start, coils)) / (coils[tagged] @ start)
    return signals * (laboratory.turned * laboratory.turned[tagged])[:, None]
