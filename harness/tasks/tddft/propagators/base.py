"""What the integrators need: a Fock matrix for a density, and one step of unitary motion."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from harness.errors import InputError

HERMITICITY = 1e-9
"""Largest |F - F†| over the largest |F|: rounding is below 1e-14; eigenvalue routines read one triangle only."""


class FockModel(Protocol):
    """Anything that gives the Fock matrix without the field: the true one, or a surrogate."""

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """(s, n, n) Hermitian, of a density (s, n, n)."""
        ...


class Stepper(Protocol):
    """One step after the other, from t = 0."""

    def advance(self) -> np.ndarray:
        """The density after the next step, (s, n, n)."""
        ...


class Counted:
    """A model whose calls are counted: the number of Fock builds is the cost of a propagation."""

    def __init__(self, model: FockModel) -> None:
        self.model = model
        self.builds = 0

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """That of the model."""
        self.builds += 1
        return self.model.fock(density, time_au)


def unitary(generator: np.ndarray, step_au: float) -> np.ndarray:
    """exp(-i·step·F) of Hermitian F (s, n, n), by its eigenvectors.

    Raises
    ------
    InputError
        If F is not Hermitian, or not finite.
    """
    defect = np.abs(generator - generator.conj().swapaxes(-1, -2)).max()
    largest = np.abs(generator).max()
    if not defect <= HERMITICITY * max(1.0, largest):
        raise InputError(f"Fock matrix: is not Hermitian, max|F - F†| = {defect:.2g}: its model has to give all of it")
    values, vectors = np.linalg.eigh(generator)
    return (vectors * np.exp(-1j * step_au * values)[..., None, :]) @ vectors.conj().swapaxes(-1, -2)


def moved(density: np.ndarray, *factors: np.ndarray) -> np.ndarray:
    """U D U†, the first factor acting first."""
    for factor in factors:
        density = factor @ density @ factor.conj().swapaxes(-1, -2)
    return density


def kicked(density: np.ndarray, dipole: np.ndarray, impulse_au: np.ndarray) -> np.ndarray:
    """exp(-iκ·r) D exp(+iκ·r): what a field κ δ(t) does, exactly."""
    if not np.any(impulse_au):
        return density.astype(complex)
    return moved(density, unitary(np.tensordot(impulse_au, dipole, 1)[None], 1.0))
