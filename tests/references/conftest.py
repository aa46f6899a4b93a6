"""An independent reference: Kronecker products and scipy's matrix exponential, sharing no code with the package."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
import pytest
from scipy.linalg import expm

PAULI = {
    "x": np.array([[0, 1], [1, 0]]) / 2,
    "y": np.array([[0, -1j], [1j, 0]]) / 2,
    "z": np.array([[1, 0], [0, -1]]) / 2,
}


def operator(n: int, spin: int, axis: str) -> np.ndarray:
    return reduce(np.kron, [PAULI[axis] if k == spin else np.eye(2) for k in range(n)])


def kron_hamiltonian(system) -> np.ndarray:
    n = len(system)
    h = sum(2 * np.pi * system.offsets_hz[k] * operator(n, k, "z") for k in range(n))
    for i in range(n):
        for j in range(i + 1, n):
            axes = "xyz" if system.isotopes[i] == system.isotopes[j] else "z"
            dot = sum(operator(n, i, a) @ operator(n, j, a) for a in axes)
            h = h + 2 * np.pi * system.couplings_hz[i, j] * dot
    return h


def kron_signals(system, times_s: np.ndarray) -> dict[str, np.ndarray]:
    n = len(system)
    h = kron_hamiltonian(system)
    observed = [k for k in range(n) if system.isotopes[k] == system.observed]
    plus = {k: operator(n, k, "x") + 1j * operator(n, k, "y") for k in observed}
    rho_x = sum(operator(n, k, "x") for k in observed)
    z = [operator(n, k, "z") for k in range(n)]
    m, i1z, signals, polarisations = [], [], [], []
    for t in times_s:
        u = expm(-1j * h * t)
        rho = u @ rho_x @ u.conj().T
        signals.append([np.trace(plus[k] @ rho) / np.trace(plus[k] @ operator(n, k, "x")) for k in observed])
        total = sum(plus.values())
        m.append(np.trace(total @ rho) / np.trace(total @ rho_x))
        tagged = u @ z[system.tagged_spin] @ u.conj().T
        polarisations.append([np.trace(zk @ tagged).real / 2 ** (n - 2) for zk in z])
        i1z.append(polarisations[-1][system.tagged_spin])
    return {
        "m": np.array(m),
        "i1z": np.array(i1z),
        "spin_signals": np.array(signals).T,
        "spin_polarisations": np.array(polarisations).T,
    }


@pytest.fixture
def by_kron() -> Callable[..., dict[str, np.ndarray]]:
    """``by_kron(system, times_s)`` → m, i1z, spin_signals and spin_polarisations by brute force."""
    return kron_signals


@pytest.fixture
def kron_h() -> Callable[..., np.ndarray]:
    """``kron_h(system)`` → H in rad/s by brute force."""
    return kron_hamiltonian
