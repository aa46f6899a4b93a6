"""Kernel and quadrature: F[D] = F0 + G[D - D0] + the rest of v_xc, summed over the few points that carry most of it.

Beyond first order v_xc(r) = v[ρ] - v[ρ0] - f[ρ0] (ρ - ρ0) is large only where the density changes much relative to its
size: neither in the cores nor where nothing moves. There the functional itself is evaluated; elsewhere its linear
response, so that the model is exact to first order whatever points are chosen, and of the error of the kernel a part is
left that falls with the share of the rest that is left out. For Hartree-Fock it is the kernel. Needs no training.

The points are those of the molecule's own grid, ranked by what they contribute when static fields along ±x, ±y and ±z
polarise the orbitals of F0, each direction with the same weight. The idea of evaluating a nonlinear term at selected
points: discrete empirical interpolation, Chaturantabut and Sorensen, SIAM J. Sci. Comput. 32, 2737 (2010); here no
trajectory is needed for the selection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.tddft.ground_state import occupied_projector
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.packing import PackedMap
from harness.tasks.tddft.propagators import FockModel
from harness.tasks.tddft.quadrature import Quadrature
from harness.tasks.tddft.structure import Structure

SHARE = 0.9
"""The part of the terms beyond first order that the points carry; chosen on pulses of a seed of their own (7)."""
POLARISING_AU = 0.02
"""The static field that ranks the points: the middle of the strengths that the model is made for."""
SILENT = 1e-9
"""A direction whose sum is smaller, of the largest one, has no response: symmetry forbids it."""
TIE = 1e-6
"""Points whose contributions differ by less, relatively, are taken together, so that symmetric points are."""


@dataclass(frozen=True, eq=False)
class KernelQuadrature:
    """F = ``constant`` + ``response``[D] + v_xc over ``points``.

    ``constant`` (s, n, n) and ``response`` are F0 and G without what ``points`` give of them.
    """

    constant: np.ndarray
    response: PackedMap
    points: Quadrature

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """(s, n, n), of a density (s, n, n)."""
        return self.constant + self.response(density) + self.points(density)[0]


def kernel_quadrature(structure: Structure, share: float = SHARE) -> FockModel:
    """The model of a molecule, with the fewest points that carry ``share`` of the terms beyond first order."""
    if structure.quadrature is None:
        return Kernel.of(structure)
    points = structure.quadrature.at(leading(contributions(structure, structure.quadrature), share))
    ground = structure.ground
    response = structure.response.plus(-points.kernel(ground))
    constant = structure.fock(ground) - response(ground) - points(ground)[0]
    return KernelQuadrature(constant, response, points)


def contributions(structure: Structure, quadrature: Quadrature) -> np.ndarray:
    """(points,) parts of Σ |w (v[ρ] - v[ρ0] - f (ρ - ρ0)) (ρ - ρ0)| over points, spins and derivatives.

    The sum of the three directions, each made up to 1, so that pulses along a direction in which little moves have
    points too; a direction without any response has none.
    """
    ground = np.real(structure.fock(structure.ground))
    along = np.zeros((3, len(quadrature.weights)))
    for axis, matrix in enumerate(structure.dipole):
        for field in (POLARISING_AU, -POLARISING_AU):
            polarised = occupied_projector(ground + field * matrix, structure.system.occupied)
            change, rest = quadrature.beyond_first_order(structure.ground, polarised)
            along[axis] += np.abs(quadrature.weights * rest * change).sum(axis=(0, 1))
    sums = along.sum(axis=1)
    responds = sums > SILENT * sums.max()
    return (along[responds] / sums[responds, None]).sum(axis=0)


def leading(contributed: np.ndarray, share: float) -> np.ndarray:
    """Indices, ascending, of the largest contributions that together make up ``share`` of all."""
    descending = np.sort(contributed)[::-1]
    count = int(np.searchsorted(np.cumsum(descending), share * descending.sum()))
    least = descending[min(count, len(descending) - 1)]
    return np.flatnonzero(contributed >= least * (1 - TIE))
