"""Lines with their widths of a system that relaxes, from the eigenvalues of L between states of coherence order 1.

    M(t) = Σ_n a_n exp((iω_n - r_n) t),      L = V Λ V⁻¹,   a_n = (c V)_n (V⁻¹ ρ_0)_n / (c ρ_0)

with L of :mod:`harness.tasks.spins.references.liouville_dense`, ρ_0 = c = Σ I_k+ over the observed spins. A line has
the frequency ω_n/2π, the full width at half height r_n/π and the intensity Re a_n, the area of its absorptive part;
where relaxation or coupling joins lines that overlap, a_n has an imaginary part as well (a dispersive part of the
line), which the list leaves out. Exact to rounding, up to six spins; cost (states)³, 792 states for six spins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.liouville_dense import LARGEST, generator
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import PLUS, ProductStates
from harness.tasks.spins.systems import SpinSystem

LEAST = 1e-9
"""Lines below this fraction of M(0) are dropped."""
UNRESOLVED = 1e-6
"""Largest error of M(0) from the eigenvectors: two of them that are nearly one give no lines."""


@dataclass(frozen=True, eq=False)
class RelaxingLines:
    """(L,) arrays by ascending frequency, in Hz; intensities of all observed spins together sum to 1 - ``dropped``."""

    frequencies_hz: np.ndarray
    widths_hz: np.ndarray
    intensities: np.ndarray
    dropped: float

    def merged(self, resolution_hz: float) -> RelaxingLines:
        """Lines within ``resolution_hz`` of the first of their group as one, at means weighted by |intensity|."""
        frequency, starts, k = self.frequencies_hz, [], 0
        while k < len(frequency):
            starts.append(k)
            k = int(np.searchsorted(frequency, frequency[k] + resolution_hz, side="right"))
        weights = np.abs(self.intensities)
        total = np.add.reduceat(weights, starts)
        places, widths = (np.add.reduceat(weights * value, starts) / total for value in (frequency, self.widths_hz))
        return RelaxingLines(places, widths, np.add.reduceat(self.intensities, starts), self.dropped)


def relaxing_lines(system: SpinSystem) -> RelaxingLines:
    """Every line of M of a system that relaxes.

    Raises
    ------
    InputError
        For more than six spins, ``rlx_keep`` "labframe", or lines so close that their eigenvectors are one; each
        time with what to do instead.
    """
    relaxation = system.relaxation
    assert relaxation is not None
    remedy = "take the highest lines of a spectrum: harness simulate NAME --spectrum"
    if len(system) > LARGEST:
        raise InputError(
            f"{system.name!r} relaxes: lines with their widths are listed up to {LARGEST} spins, it has {len(system)}; "
            f"{remedy}"
        )
    if relaxation.rlx_keep == "labframe":
        raise InputError(
            f"{system.name!r}: rlx_keep 'labframe' joins coherence orders, so that M has no lines; {remedy}"
        )
    laboratory = LaboratorySystem.of(system)
    states = ProductStates.of_orders(laboratory.rotating, {system.observed: 1})
    start = np.zeros(len(states))
    start[[states.place({k: PLUS}) for k in system.observed_spins]] = 1.0
    values, vectors = np.linalg.eig(generator(laboratory, states))
    amplitudes = (start @ vectors) * np.linalg.solve(vectors, start.astype(complex)) / (start @ start)
    if not abs(amplitudes.sum() - 1) < UNRESOLVED:
        raise InputError(f"{system.name!r}: two of its lines are one, with an unusual shape; {remedy}")
    turned = -1.0 if laboratory.turned[system.observed_spins[0]] < 0 else 1.0
    frequencies, widths = -turned * np.imag(values) / (2 * np.pi), -np.real(values) / np.pi
    retained = np.flatnonzero(np.abs(amplitudes) > LEAST)
    order = retained[np.argsort(frequencies[retained], kind="stable")]
    dropped = float(1 - amplitudes[order].sum().real)
    return RelaxingLines(frequencies[order], widths[order], amplitudes[order].real, dropped)
