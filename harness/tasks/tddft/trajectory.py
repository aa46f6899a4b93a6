"""The answer of a method for one system: arrays by name, the last axis is time.

``dipole`` (3, T) in e·bohr, and where they were computed ``energy`` (T,) in hartree without that of the field and
the density matrix D in the Löwdin basis as ``density_real`` and ``density_imag``, (s, n, n, T) each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.tasks.tddft.propagators import Evolution
from harness.trajectory import Provenance, Trajectory

OBSERVABLES = ("dipole", "energy", "density_real", "density_imag")


def answer_of(evolution: Evolution, method: str, **details: Any) -> Trajectory:
    """The samples of a propagation, with the number of Fock builds among the details."""
    arrays = {"dipole": evolution.dipole.T}
    if evolution.energies is not None:
        arrays["energy"] = evolution.energies
    if evolution.densities is not None:
        arrays |= density_arrays(evolution.densities)
    return Trajectory(evolution.grid, Provenance(method, details={"builds": evolution.builds, **details}), arrays)


def density_arrays(densities: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of D (T, s, n, n)."""
    last = np.moveaxis(densities, 0, -1)
    return {"density_real": np.real(last), "density_imag": np.imag(last)}


def density_of(answer: Trajectory) -> np.ndarray | None:
    """(s, n, n, T) complex D of an answer; None where it does not give it."""
    if "density_real" not in answer.arrays or "density_imag" not in answer.arrays:
        return None
    return answer.arrays["density_real"] + 1j * answer.arrays["density_imag"]


def induced(answer: Trajectory) -> np.ndarray:
    """(3, T) δμ(t) = μ(t) - μ(0)."""
    dipole = answer.arrays["dipole"]
    return dipole - dipole[:, :1]
