"""Peers as their own users would call them, in the conventions of each: for child processes only.

Each class answers like a subject; where a package has other numbers to tell than a FID, they stand in the places of mx
and my.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

FIELD_T, CARRIER_PPM = 14.1, 2.0
SHIFTS_PPM, COUPLING_HZ = np.array([3.7, 1.5]), 7.2
OFFSETS_HZ, QUTIP_COUPLING_HZ = np.array([40.0, -25.0]), 11.0

warnings.simplefilter("ignore")  # their warnings are theirs


def _spinguin_pair(couplings_hz: list[list[float]]) -> Any:
    import spinguin as sg

    sg.parameters.default()
    sg.parameters._verbose = False
    sg.parameters.magnetic_field, sg.parameters.temperature = FIELD_T, 298.0
    made = sg.SpinSystem(["1H", "1H"])
    made.chemical_shifts, made.J_couplings = SHIFTS_PPM, couplings_hz
    made.basis.max_spin_order = 2
    made.basis.build()
    return made


class SpinguinSequence:
    """The FID of spinguin's own sequence, of two protons with these couplings."""

    def __init__(self, couplings_hz: list[list[float]]) -> None:
        self.couplings_hz = couplings_hz

    def simulate(self, system, grid):
        from spinguin.sequences import pulse_and_acquire

        made = _spinguin_pair(self.couplings_hz)
        made.relaxation.theory = "phenomenological"
        made.relaxation.T1 = made.relaxation.T2 = np.array([1e9, 1e9])
        made.relaxation.thermalization = True
        fid = pulse_and_acquire(made, "1H", CARRIER_PPM, grid.points, grid.dt_s, 90)
        fid = fid / fid[0]
        return {"mx": fid.real, "my": fid.imag}


def spinguin_frequencies(system, grid):
    """Resonance frequencies of the two protons, without that of the bare nucleus, as mx."""
    import spinguin as sg

    found = np.asarray(sg.resonance_frequencies(_spinguin_pair([[0, 0], [COUPLING_HZ, 0]]), zeeman=False), float)
    return {"mx": found, "my": np.zeros_like(found)}


def qutip_equation(system, grid):
    """The FID of a pair from the master equation, written down as the textbook has it."""
    import qutip

    one = qutip.qeye(2)
    half = [qutip.sigmax() / 2, qutip.sigmay() / 2, qutip.sigmaz() / 2]
    spins = [[qutip.tensor(s, one) for s in half], [qutip.tensor(one, s) for s in half]]
    h = sum(2 * np.pi * f * s[2] for f, s in zip(OFFSETS_HZ, spins, strict=True))
    h = h + 2 * np.pi * QUTIP_COUPLING_HZ * sum(a * b for a, b in zip(*spins, strict=True))
    start = spins[0][0] + spins[1][0]
    plus = start + 1j * (spins[0][1] + spins[1][1])
    options = {"atol": 1e-11, "rtol": 1e-10, "progress_bar": ""}
    found = np.asarray(qutip.mesolve(h, start, grid.times_s, e_ops=[plus], options=options).expect[0])
    found = found / found[0]
    return {"mx": found.real, "my": found.imag}


class NmrsimLines:
    """The four lines of a pair at these frequencies: Hz as mx, intensities as my."""

    def __init__(self, frequencies_hz: list[float]) -> None:
        self.frequencies_hz = frequencies_hz

    def simulate(self, system, grid):
        from nmrsim.qm import secondorder_dense

        lines = np.asarray(secondorder_dense(self.frequencies_hz, np.array([[0.0, 7.0], [7.0, 0.0]])), float)
        return {"mx": lines[:, 0], "my": lines[:, 1]}
