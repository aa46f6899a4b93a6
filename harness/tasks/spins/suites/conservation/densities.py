"""The properties that a density operator must conserve: trace, energy, purity and hermiticity.

ρ0 = (1 + 2 I1z)/2^N, a state of trace 1; only its I1z part, I1z·2/2^N, changes with time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import tau

import numpy as np

from harness.tasks.spins.systems import SpinSystem, TimeGrid

QUANTITIES = ("trace", "energy", "purity", "hermiticity")

_X = np.array([[0, 0.5], [0.5, 0]], complex)
_Y = np.array([[0, -0.5j], [0.5j, 0]])
_Z = np.diag([0.5, -0.5]).astype(complex)


def _operator(single: np.ndarray, spin: int, n: int) -> np.ndarray:
    return reduce(np.kron, [single if k == spin else np.eye(2) for k in range(n)])


def hamiltonian(system: SpinSystem) -> np.ndarray:
    """H in rad/s as a dense (2^N, 2^N) matrix from Kronecker products, independent of the code of all references."""
    n = len(system)
    total = np.zeros((2**n, 2**n), complex)
    for k in range(n):
        total += tau * system.offsets_hz[k] * _operator(_Z, k, n)
    for i, j in np.argwhere(np.triu(system.couplings_hz)):
        axes = (_X, _Y, _Z) if system.same_isotope[i, j] else (_Z,)
        for axis in axes:
            total += tau * system.couplings_hz[i, j] * (_operator(axis, i, n) @ _operator(axis, j, n))
    return total


def initial_density(system: SpinSystem) -> np.ndarray:
    """(1 + 2 I1z)/2^N with I1z of the tagged spin."""
    n = len(system)
    return (np.eye(2**n) + 2 * _operator(_Z, system.tagged_spin, n)) / 2**n


def deviations(system: SpinSystem, grid: TimeGrid, densities: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """The four deviations, (T,) each, at every step of ρ(t_n), n = 0 … T-1, each (2^N, 2^N).

    ``trace`` |Tr ρ - 1|; ``energy`` |Tr Hρ(t) - Tr Hρ(0)| · 2^{N-1}/√(Tr H² · Tr I1z²), the share of the largest
    energy that an I1z-sized operator can have; ``purity`` |Tr ρ² - Tr ρ0²|/Tr ρ0²; ``hermiticity`` ‖ρ - ρ†‖/‖ρ‖.
    """
    n = len(system)
    h, start = hamiltonian(system), initial_density(system)
    energy0, purity0 = float(np.vdot(h, start).real), float(np.vdot(start, start).real)
    energy_scale = 2.0 ** (n - 1) / np.sqrt(np.vdot(h, h).real * 2.0 ** (n - 2))
    table = np.full((len(QUANTITIES), grid.points), np.nan)
    for step, rho in enumerate(densities):
        norm = float(np.linalg.norm(rho))
        table[:, step] = (
            abs(complex(np.trace(rho)) - 1),
            abs(complex(np.vdot(h, rho)) - energy0) * energy_scale,
            abs(complex(np.sum(rho * rho.T)) - purity0) / purity0,
            float(np.linalg.norm(rho - rho.conj().T)) / norm,
        )
    return dict(zip(QUANTITIES, table, strict=True))
