"""Linear response: all excitations from Casida's equations, and the dipole that follows for any weak field.

With δD_ai = p + iq between virtual a and occupied i, dp/dt = M q, dq/dt = -N p - E(t)·r_ai, where M = A - B and N = A
+ B follow from the response map G of :meth:`Structure.response`. Then ω² are the eigenvalues of M^½ N M^½ and each of
them is a driven oscillator. Exact to first order in the field, at any time, for the cost of one diagonalisation.
Source: Casida, in Recent Advances in Density Functional Methods (1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.tddft.fields import Field
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.packing import pack, unpack
from harness.tasks.tddft.structure import Structure

GAUSS_ORDER = 6
LARGEST_PHASE = 3.0
"""Radians of the fastest oscillator in one interval of the quadrature: order 6 integrates it to 1e-9."""


@dataclass(frozen=True, eq=False)
class Excitations:
    """All roots.

    ``energies_au`` is (roots,) ascending, ``couplings`` (roots, 3) the g of each driven oscillator
    u'' = -ω² u - g·E(t), with δμ = -2w Σ g u; ``weight`` w is 2 for restricted orbitals, 1 for unrestricted.
    """

    energies_au: np.ndarray
    couplings: np.ndarray
    weight: int

    @property
    def strengths(self) -> np.ndarray:
        """(roots,) oscillator strengths f, averaged over directions; their sum tends to the number of electrons."""
        return 2 / 3 * self.weight * (self.couplings**2).sum(axis=1)

    def strengths_along(self, direction: np.ndarray) -> np.ndarray:
        """(roots,) the part of f of one direction: 2 w (g·n)²."""
        return 2 * self.weight * (self.couplings @ direction) ** 2

    def induced(self, field: Field, grid: AtomicTimeGrid) -> np.ndarray:
        """(points, 3) δμ(t) to first order in the field."""
        frequency, drive = self.energies_au, self.couplings
        times = grid.times_au
        # z = Σ over the past of g·E(t') exp(iωt'); u(t) = -Im[exp(iωt) z*]/ω.
        past = np.zeros((grid.points, len(frequency)), complex)
        past[:] = drive @ field.impulse_au
        if np.any([field.at(time) for time in times]):
            past[1:] += np.cumsum(self._intervals(field, grid), axis=0)
        amplitude = -np.imag(np.exp(1j * times[:, None] * frequency) * past.conj()) / frequency
        return -2 * self.weight * amplitude @ drive

    def _intervals(self, field: Field, grid: AtomicTimeGrid) -> np.ndarray:
        """(points-1, roots) ∫ g·E(t) exp(iωt) dt over each interval of the grid."""
        nodes, weights = np.polynomial.legendre.leggauss(GAUSS_ORDER)
        pieces = max(1, int(np.ceil(self.energies_au[-1] * grid.dt_au / LARGEST_PHASE)))
        places = ((np.arange(pieces)[:, None] + (nodes + 1) / 2) / pieces).ravel()
        weights = np.tile(weights, pieces) / (2 * pieces) * grid.dt_au
        found = np.zeros((grid.points - 1, len(self.energies_au)), complex)
        for place, weight in zip(places, weights, strict=True):
            times = grid.times_au[:-1] + place * grid.dt_au
            driven = np.array([field.at(time) for time in times]) @ self.couplings.T
            found += weight * driven * np.exp(1j * times[:, None] * self.energies_au)
        return found


def excitations(structure: Structure) -> Excitations:
    """All excitations of a molecule from its ground state.

    Raises
    ------
    InputError
        If the ground state is unstable, so that an excitation energy would be imaginary.
    """
    energies, vectors = np.linalg.eigh(np.real(structure.fock(structure.ground)))
    gaps, columns, moments = [], [], []
    for spin, count in enumerate(structure.system.occupied):
        occupied, virtual = vectors[spin][:, :count], vectors[spin][:, count:]
        gaps.append((energies[spin][count:, None] - energies[spin][:count]).ravel())
        columns.append((virtual, occupied))
        moments.append(np.einsum("ma,xmn,ni->aix", virtual, structure.dipole, occupied).reshape(-1, 3))
    symmetric, antisymmetric = _response_matrices(structure, columns)
    minus = np.diag(np.concatenate(gaps)) + antisymmetric
    plus = np.diag(np.concatenate(gaps)) + symmetric
    values, basis = np.linalg.eigh(minus)
    if values[0] <= 0:
        raise InputError(
            f"{structure.system.name}: the ground state is unstable, A - B has the eigenvalue {values[0]:.3g}"
        )
    root = (basis * np.sqrt(values)) @ basis.T
    squares, modes = np.linalg.eigh(root @ plus @ root)
    if squares[0] <= 0:
        raise InputError(f"{structure.system.name}: the ground state is unstable, the least ω² is {squares[0]:.3g}")
    return Excitations(np.sqrt(squares), modes.T @ root @ np.concatenate(moments), structure.weight)


def _response_matrices(
    structure: Structure, columns: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """The images under G of all pairs p (symmetric) and q (antisymmetric), projected on the pairs."""
    response = structure.response
    n, spins = structure.size, structure.spins
    real, imaginary = [], []
    for spin, (virtual, occupied) in enumerate(columns):
        products = np.einsum("ma,ni->aimn", virtual, occupied).reshape(virtual.shape[1] * occupied.shape[1], n, n)
        unit = np.zeros((len(products), spins, n, n), complex)
        transposed = products.swapaxes(1, 2)
        unit[:, spin] = products + transposed + 1j * (products - transposed)
        packed = pack(unit)
        real.append(packed[0].reshape(len(products), spins * packed[0].shape[-1]))
        imaginary.append(packed[1].reshape(len(products), spins * packed[1].shape[-1]))
    even, odd = np.concatenate(real), np.concatenate(imaginary)
    size, smaller = even.shape[1], odd.shape[1]
    images = unpack(
        (even @ response.symmetric.reshape(size, size).T).reshape(len(even), spins, size // spins),
        (odd @ response.antisymmetric.reshape(smaller, smaller).T).reshape(len(odd), spins, smaller // spins),
        n,
    )
    rows = [
        np.einsum("ma,kmn,ni->aik", virtual, images[:, spin], occupied, optimize=True).reshape(-1, len(even))
        for spin, (virtual, occupied) in enumerate(columns)
    ]
    found = np.concatenate(rows)
    return np.real(found), np.imag(found)
