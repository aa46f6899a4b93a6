"""Is the truth true? Orders, reversal and spectral peaks of our own propagators against formulas."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from harness.tasks.tddft.casida import excitations
from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.metrics import HIGHEST_PEAK_AU, STRONG_PEAK
from harness.tasks.tddft.populations import FieldRange
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.signals import refined_frequencies
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.units import HARTREE_EV

PULSES = FieldRange("pulse", (0.01, 0.03), (0.2, 0.5))
WEAKEST_PEAK = 1e-6
PEAK_HORIZON_AU = 400.0
PEAK_KICK = Kick(1e-4)
PEAK_STEPS_AU = (0.1, 0.2)
FITTED_UP_TO_AU = 5.0
"""Peaks that are only fitted: left out of the fit, those above HIGHEST_PEAK_AU displace the others by 1 meV."""
REVERSED_AU = 36.0


def fresh_pulse(seed: int, index: int = 0, pulses: FieldRange = PULSES) -> Pulse:
    """A pulse of the ranges, in a random direction; it depends on the seed and the index alone."""
    pulse = pulses.draw(np.random.default_rng([seed, index]))
    assert isinstance(pulse, Pulse)
    return pulse


def midpoint_order() -> float:
    """``em`` on H2+, steps of 0.2 and 0.1 au: ratio of max|ΔD| at 100 au.

    One electron in Hartree-Fock feels no interaction, so that D(t) = exp(-iht) D(0) exp(iht) is exact.
    """
    ion = structure_of(load_system("h2_plus"))
    values, vectors = np.linalg.eigh(ion.core)
    phases = (vectors * np.exp(-1j * values * 100)) @ vectors.T
    errors = []
    for step in (0.2, 0.1):
        densities = evolve(ion, Kick(1e-3), AtomicTimeGrid.until(100, step), "em", densities=True).densities
        assert densities is not None
        errors.append(np.abs(densities[-1, 0] - phases @ densities[0, 0] @ phases.conj().T).max())
    return float(errors[0] / errors[1])


def order(method: str, seed: int) -> float:
    """``method`` on H2O after a fresh pulse, steps of 0.1 and 0.05 au: ratio of the errors of δμ over 24 au."""
    water, pulse = structure_of(load_system("h2o")), fresh_pulse(seed)

    def samples(step: float, by: str) -> np.ndarray:
        return evolve(water, pulse, AtomicTimeGrid.until(24, step), by).induced[:: round(0.2 / step)]

    truth = samples(0.0125, "cfm4")
    coarse, fine = (np.linalg.norm(samples(step, method) - truth) for step in (0.1, 0.05))
    return float(coarse / fine)


def peak_shifts_mev(molecule: str, extrapolated: bool = True) -> np.ndarray:
    """Peaks of ``em`` after a kick along z minus those of linear response, in meV, one for each peak with f ≥ 0.05.

    Richardson's extrapolation of steps of 0.1 and 0.2 au, (4 ω(0.1) - ω(0.2)) / 3; otherwise those of 0.1 au.
    """
    structure = structure_of(load_system(molecule))
    found = excitations(structure)
    strengths = found.strengths_along(np.array([0.0, 0.0, 1.0])) / 3
    visible = (found.energies_au < FITTED_UP_TO_AU) & (strengths > WEAKEST_PEAK)
    exact = found.energies_au[visible]
    strong = (strengths[visible] >= STRONG_PEAK) & (exact < HIGHEST_PEAK_AU)
    fine, coarse = (
        refined_frequencies(evolve(structure, PEAK_KICK, grid, "em").induced[:, 2], grid, exact)[0][strong]
        for grid in map(partial(AtomicTimeGrid.until, PEAK_HORIZON_AU), PEAK_STEPS_AU)
    )
    return ((4 * fine - coarse) / 3 if extrapolated else fine) * HARTREE_EV * 1e3 - exact[strong] * HARTREE_EV * 1e3


def reversal_error(method: str, seed: int, same_pulse: bool = False) -> float:
    """H2O through a fresh pulse and, from the conjugate of D, through the same pulse backwards: max|D - D(0)|.

    With ``same_pulse`` the field is not reversed, which does not lead back.
    """
    water, pulse = structure_of(load_system("h2o")), fresh_pulse(seed)
    grid = AtomicTimeGrid.until(REVERSED_AU, 0.1)
    there = evolve(water, pulse, grid, method, densities=True).densities
    assert there is not None
    field = pulse if same_pulse else backwards(pulse, REVERSED_AU)
    back = evolve(water, field, grid, method, start=there[-1].conj(), densities=True).densities
    assert back is not None
    return float(np.abs(back[-1].conj() - there[0]).max())


def backwards(pulse: Pulse, horizon_au: float) -> Pulse:
    """E(T - t): the sine changes its sign."""
    origin = pulse.centre_au if pulse.carrier_origin_au is None else pulse.carrier_origin_au
    return replace(
        pulse, amplitude_au=-pulse.amplitude_au, centre_au=horizon_au - pulse.centre_au,
        carrier_origin_au=horizon_au - origin,
    )  # fmt: skip
