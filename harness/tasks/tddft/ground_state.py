"""The ground state, converged to rounding errors.

PySCF stops at a gradient of about 1e-9; with a kick of 1e-3 this gives a relative error of 1e-5 in the dipole, and
without any field the dipole drifts by 1e-8. Further steps with Pulay's extrapolation of the Fock matrix (DIIS, J.
Comput. Chem. 3, 556 (1982)) bring |FD - DF| to 1e-14. Steps without it contract in Hartree-Fock, but with some
functionals they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from harness.errors import InputError

MOST_STEPS = 60
EXTRAPOLATED = 5
"""Fock matrices of one extrapolation. Then it begins anew: near the solution they differ by rounding errors alone."""
FLOOR = 2e-14
"""Rounding of |FD - DF| for a largest element of F of 20 hartree."""
UNCONVERGED = 1e-11
"""|FD - DF| beyond which rounding is no explanation."""


def occupied_projector(fock: np.ndarray, occupied: Sequence[int]) -> np.ndarray:
    """(s, n, n) projectors on the lowest eigenvectors of real symmetric F (s, n, n)."""
    vectors = np.linalg.eigh(fock)[1]
    return np.array([v[:, :count] @ v[:, :count].T for v, count in zip(vectors, occupied, strict=True)])


def commutator(fock: np.ndarray, density: np.ndarray) -> float:
    """max |FD - DF|, zero at a stationary state."""
    return float(np.abs(fock @ density - density @ fock).max())


def sharpened(fock_of: Callable[[np.ndarray], np.ndarray], density: np.ndarray, occupied: Sequence[int]) -> np.ndarray:
    """The stationary density (s, n, n) nearest to ``density``; the best one found if rounding stops the descent.

    Raises
    ------
    InputError
        If no stationary density is found, as from a start that is far from it.
    """
    from pyscf.lib.diis import DIIS

    best, least = density, float("inf")
    for step in range(MOST_STEPS):
        fock = np.real(fock_of(density))
        left = commutator(fock, density)
        if left < least:
            best, least = density, left
        if least <= FLOOR:
            break
        if step % EXTRAPOLATED == 0:
            extrapolation = DIIS()
        density = occupied_projector(extrapolation.update(fock, fock @ density - density @ fock), occupied)
    if least > UNCONVERGED:
        raise InputError(
            f"ground state: |FD - DF| is {least:.1e} after {MOST_STEPS} steps, at most {UNCONVERGED:g} is a stationary "
            "state: check the geometry and the multiplicity"
        )
    return best
