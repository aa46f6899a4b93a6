"""A whole trajectory: the density at t = 0 kicked, then stepped, sampled on a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from harness.errors import InputError, nearest
from harness.tasks.tddft.fields import Field
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.propagators.base import Counted, FockModel, Stepper, kicked
from harness.tasks.tddft.propagators.magnus4 import Magnus4
from harness.tasks.tddft.propagators.midpoint import Midpoint
from harness.tasks.tddft.structure import Structure

METHODS: dict[str, Callable[..., Stepper]] = {
    "em": Midpoint,
    "em-one-corrector": partial(Midpoint, most_iterations=2),
    "cfm4": Magnus4,
    "cfm4-short-start": partial(Magnus4, starting_iterations=2),
}
"""``em`` is NWChem's algorithm, ``cfm4`` the truth for surrogates.

``cfm4-short-start`` saves half of the Fock builds of the first two steps: the strongest baseline of short trajectories.
"""


@dataclass(frozen=True, eq=False)
class Evolution:
    """Samples of one trajectory.

    ``dipole`` is (points, 3); ``densities`` (points, s, n, n) and ``energies`` (points,) are None unless they were
    wanted; ``builds`` counts the Fock matrices that the model built.
    """

    grid: AtomicTimeGrid
    dipole: np.ndarray
    builds: int
    densities: np.ndarray | None = None
    energies: np.ndarray | None = None

    @property
    def induced(self) -> np.ndarray:
        """(points, 3) δμ(t) = μ(t) - μ(0)."""
        return self.dipole - self.dipole[0]


def evolve(
    structure: Structure,
    field: Field,
    grid: AtomicTimeGrid,
    method: str | None = None,
    model: FockModel | None = None,
    densities: bool = False,
    energies: bool = False,
    substeps: int = 1,
    start: np.ndarray | None = None,
) -> Evolution:
    """Propagate a molecule from its ground state, or from ``start`` (s, n, n).

    Parameters
    ----------
    structure, field, grid
        The molecule, the field that acts on it, and the times of the samples.
    method
        One of :data:`METHODS`; by default the rule of the grid.
    model
        What gives the Fock matrix; the true one by default.
    densities, energies
        Whether to store those too.
    substeps
        Steps for each sample.

    Raises
    ------
    InputError
        For an unknown method, an invalid density, or a model that returns a matrix that is not Hermitian.
    """
    method = method or grid.rule
    if method not in METHODS:
        raise InputError(f"method {method!r}{nearest(method, METHODS)} (known: {', '.join(METHODS)})")
    if start is not None:
        structure.check_density(start)
    counted = Counted(structure if model is None else model)
    density = kicked(structure.ground if start is None else start, structure.dipole, field.impulse_au)
    stepper = METHODS[method](counted, density, structure.dipole, field, grid.dt_au / substeps)
    retained = np.empty((grid.points, *density.shape), complex) if densities else None
    energy = np.empty(grid.points) if energies else None
    dipole = np.empty((grid.points, 3))
    for k in range(grid.points):
        if k:
            for _ in range(substeps):
                density = stepper.advance()
        dipole[k] = structure.moment(density)
        if retained is not None:
            retained[k] = density
        if energy is not None:
            energy[k] = structure.energy(density)
    return Evolution(grid, dipole, counted.builds, retained, energy)
