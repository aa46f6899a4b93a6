"""Fock matrices at new geometries: integrals as polynomials of bond lengths and angle, and a new ground state.

In the Löwdin basis h, r and (ij|kl) vary smoothly with the geometry in a standard frame; each number is a polynomial of
scaled internal coordinates, fitted by least squares to integrals at random geometries. A prediction needs neither PySCF
nor its integrals: a self-consistent ground state in the interpolated integrals, then the same propagation. Hartree-Fock
only, where F follows from these integrals alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.tddft.ground_state import occupied_projector, sharpened
from harness.tasks.tddft.packing import coulomb_and_exchange, triangles
from harness.tasks.tddft.populations import BOND_BOHR, WATER_ANGLE_DEGREES, WATER_BOND_BOHR, diatomic, geometry, water
from harness.tasks.tddft.structure import Structure, lowdin_integrals
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.systems import MolecularSystem

DEGREES = {"h2": (9, 14), "lih": (9, 14), "h2o": (5, 200)}
"""Degree of the polynomials and number of training geometries."""
SCF_STEPS, DAMPED_STEPS, DAMPING = 200, 6, 0.5
SAME_FRAME_BOHR = 1e-6


@dataclass(frozen=True, eq=False)
class GeometryModel:
    """Polynomials of one molecule.

    ``coefficients`` is (terms, numbers): packed h, r (3), S^½, and (ij|kl) on pairs i ≥ j, kl likewise, ij ≥ kl.
    """

    molecule: str
    degree: int
    size: int
    coefficients: np.ndarray
    shells: np.ndarray
    seeds: tuple[int, int]

    @classmethod
    def fitted(cls, molecule: str, seed: int = 1) -> GeometryModel:
        """Fit to integrals at random geometries of the stated ranges (diatomic molecules: Chebyshev points)."""
        degree, count = DEGREES[molecule]
        system = load_system(molecule)
        rows, inputs, shells = [], [], np.empty(0, int)
        for places in _training_geometries(molecule, count, seed):
            integrals = lowdin_integrals(replace(system, positions_bohr=places))
            rows.append(_packed(integrals.core, integrals.dipole, integrals.root, integrals.eri))
            inputs.append(_scaled(molecule, np.array(places)))
            shells = integrals.shells
        features = _features(np.array(inputs), degree)
        coefficients = np.linalg.lstsq(features, np.array(rows), rcond=None)[0]
        return cls(molecule, degree, len(shells), coefficients, shells, (seed, count))

    def structure(self, system: MolecularSystem) -> Structure:
        """The structure that the polynomials give, with its own ground state.

        Raises
        ------
        InputError
            If the system is another molecule, method or basis, lies outside the trained ranges, or its ground state
            does not converge.
        """
        self._check(system)
        inputs = _scaled(self.molecule, np.array(system.positions_bohr))
        if self.outside(system) > 0:
            raise InputError(
                f"{system.name}: its geometry lies outside the ranges of the model 'geometry': take another"
            )
        numbers = _features(inputs[None], self.degree)[0] @ self.coefficients
        core, dipole, root, eri = _unpacked(numbers, self.size)
        charges, places = np.array(system.charges), np.array(system.positions_bohr)
        made = Structure(
            system,
            core,
            dipole,
            coulomb_and_exchange(eri, 1, 1.0),
            None,
            root,
            _repulsion(charges, places),
            charges @ places,
            np.zeros((1, self.size, self.size)),
            self.shells,
        )
        return replace(made, ground=_ground(made))

    def outside(self, system: MolecularSystem) -> float:
        """By how much, in units of half the trained range, a coordinate lies outside it; 0 inside."""
        inputs = _scaled(self.molecule, np.array(system.positions_bohr))
        return float(max(0.0, np.abs(inputs).max() - 1 - 1e-9))

    def _check(self, system: MolecularSystem) -> None:
        template = load_system(self.molecule)
        wanted = (template.elements, template.charge, template.multiplicity, "6-31g", "hf")
        given = (system.elements, system.charge, system.multiplicity, system.basis, system.functional)
        if wanted != given:
            raise InputError(
                f"{system.name}: the model 'geometry' knows {self.molecule} in 6-31g with hf; take 'kernel' or train "
                f"one"
            )
        standard = in_frame(self.molecule, np.array(system.positions_bohr))
        if np.abs(standard - np.array(system.positions_bohr)).max() > SAME_FRAME_BOHR:
            raise InputError(f"{system.name}: the model 'geometry' needs the standard frame of docs/tddft.md")


def in_frame(molecule: str, places: np.ndarray) -> np.ndarray:
    """The same bond lengths and angle in the standard frame."""
    if molecule == "h2o":
        first, second = places[1] - places[0], places[2] - places[0]
        lengths = np.linalg.norm(first), np.linalg.norm(second)
        angle = np.degrees(np.arccos(np.clip(first @ second / (lengths[0] * lengths[1]), -1, 1)))
        return np.array(water(float(lengths[0]), float(lengths[1]), float(angle)))
    return np.array(diatomic(molecule, float(np.linalg.norm(places[1] - places[0]))))


def _scaled(molecule: str, places: np.ndarray) -> np.ndarray:
    """Internal coordinates, each range mapped on -1 … 1."""
    first = float(np.linalg.norm(places[1] - places[0]))
    if molecule != "h2o":
        return _mapped(np.array([first]), np.array([BOND_BOHR[molecule]]))
    arms = places[1] - places[0], places[2] - places[0]
    second = float(np.linalg.norm(arms[1]))
    angle = float(np.degrees(np.arccos(np.clip(arms[0] @ arms[1] / (first * second), -1, 1))))
    ranges = np.array([WATER_BOND_BOHR, WATER_BOND_BOHR, WATER_ANGLE_DEGREES])
    return _mapped(np.array([first, second, angle]), ranges)


def _mapped(values: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    return (2 * values - ranges.sum(axis=1)) / (ranges[:, 1] - ranges[:, 0])


def _training_geometries(molecule: str, count: int, seed: int) -> list[Any]:
    if molecule == "h2o":
        return [geometry(molecule, np.random.default_rng([seed, k])) for k in range(count)]
    low, high = BOND_BOHR[molecule]
    points = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    return [diatomic(molecule, float((low + high + (high - low) * x) / 2)) for x in points]


def _features(inputs: np.ndarray, degree: int) -> np.ndarray:
    """(rows, terms) all products of Chebyshev polynomials of total degree up to ``degree``."""
    single = np.polynomial.chebyshev.chebvander(inputs, degree)
    variables = inputs.shape[1]
    terms = [chosen for total in range(degree + 1) for chosen in combinations_with_replacement(range(variables), total)]
    orders = [[chosen.count(v) for v in range(variables)] for chosen in terms]
    return np.array([np.prod([single[:, v, o] for v, o in enumerate(order)], axis=0) for order in orders]).T


def _packed(core: np.ndarray, dipole: np.ndarray, root: np.ndarray, eri: np.ndarray) -> np.ndarray:
    row, column = triangles(len(core))[0]
    pairs = eri[row, column][:, row, column]
    lower = triangles(len(row))[0]
    return np.concatenate([core[row, column], *dipole[:, row, column], root[row, column], pairs[lower]])


def _unpacked(numbers: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    row, column = triangles(n)[0]
    size = len(row)
    square = np.empty((5, n, n))
    square[:, row, column] = square[:, column, row] = numbers[: 5 * size].reshape(5, size)
    pairs = np.empty((size, size))
    lower = triangles(size)[0]
    pairs[lower] = pairs[lower[::-1]] = numbers[5 * size :]
    place = np.empty((n, n), int)
    place[row, column] = place[column, row] = np.arange(size)
    return square[0], square[1:4], square[4], pairs[place[:, :, None, None], place[None, None]]


def _repulsion(charges: np.ndarray, places: np.ndarray) -> float:
    first, second = np.triu_indices(len(charges), 1)
    distances = np.linalg.norm(places[first] - places[second], axis=1)
    return float((charges[first] * charges[second] / distances).sum())


def _ground(structure: Structure) -> np.ndarray:
    """The ground state from the core guess: a few damped steps, then plain ones to rounding."""
    occupied = structure.system.occupied
    density = occupied_projector(structure.core[None], occupied)
    for step in range(SCF_STEPS):
        new = occupied_projector(np.real(structure.fock(density)), occupied)
        moved = float(np.abs(new - density).max())
        density = DAMPING * density + (1 - DAMPING) * new if step < DAMPED_STEPS else new
        if step >= DAMPED_STEPS and moved < 1e-8:
            return sharpened(structure.fock, density, occupied)
    raise InputError(f"{structure.system.name}: the ground state of the model 'geometry' does not converge")
