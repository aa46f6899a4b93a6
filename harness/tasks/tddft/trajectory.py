"""The answer of a method for one system: arrays by name, the last axis is time.

``dipole`` (3, T) in e·bohr, and where they were computed ``energy`` (T,) in hartree without that of the field and
``density`` (s, n, n, T), complex, in the Löwdin basis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.tasks.tddft.propagators import Evolution
from harness.trajectory import Provenance, Trajectory


def answer_of(evolution: Evolution, method: str, **details: Any) -> Trajectory:
    """The samples of a propagation, with the number of Fock builds among the details."""
    arrays = {"dipole": evolution.dipole.T}
    if evolution.energies is not None:
        arrays["energy"] = evolution.energies
    if evolution.densities is not None:
        arrays["density"] = np.moveaxis(evolution.densities, 0, -1)
    return Trajectory(evolution.grid, Provenance(method, details={"builds": evolution.builds, **details}), arrays)


def induced(answer: Trajectory) -> np.ndarray:
    """(3, T) δμ(t) = μ(t) - μ(0)."""
    dipole = answer.arrays["dipole"]
    return dipole - dipole[:, :1]
