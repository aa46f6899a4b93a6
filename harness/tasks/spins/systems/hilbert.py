"""Operators on the whole 2^N space, in the order of the Kronecker product (all up first), and the standard ρ0."""

from __future__ import annotations

from math import pi, tau

import numpy as np
from scipy.sparse import csr_array

from harness.errors import InputError
from harness.tasks.spins.systems import SpinSystem

DENSITY_LIMIT = 8
"""Largest N for which methods return density operators (1 MiB per point at N = 8)."""


def is_down(n: int, spin: int) -> np.ndarray:
    """(2^n,) bool: whether ``spin`` points down in each product state."""
    return (np.arange(1 << n) >> (n - 1 - spin) & 1).astype(bool)


def hamiltonian(system: SpinSystem, offsets_hz: np.ndarray | None = None) -> csr_array:
    """H in rad/s as a sparse real symmetric matrix, (2^N, 2^N); see docs/conventions.md for H.

    ``offsets_hz`` replaces the offsets of the system (another rotating frame).
    """
    n = len(system)
    dim = 1 << n
    offsets = system.offsets_hz if offsets_hz is None else offsets_hz
    index = np.arange(dim, dtype=np.int32 if n < 31 else np.int64)
    diagonal = np.zeros(dim)
    for k in range(n):
        diagonal += np.where(is_down(n, k), -pi * offsets[k], pi * offsets[k])
    rows, columns, values = [index], [index], [diagonal]
    for i, j in np.argwhere(np.triu(system.couplings_hz)):
        coupling = system.couplings_hz[i, j]
        antiparallel = is_down(n, i) != is_down(n, j)
        diagonal += np.where(antiparallel, -tau * coupling / 4, tau * coupling / 4)
        if system.same_isotope[i, j]:
            here = index[antiparallel]
            rows.append(here)
            columns.append(here ^ index.dtype.type((1 << (n - 1 - i)) | (1 << (n - 1 - j))))
            values.append(np.full(len(here), pi * coupling))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(dim, dim))


def z_diagonal(system: SpinSystem, spin: int) -> np.ndarray:
    """Diagonal of I_kz, (2^N,)."""
    return np.where(is_down(len(system), spin), -0.5, 0.5)


def raising(system: SpinSystem, spins: tuple[int, ...]) -> csr_array:
    """Σ I_k+ over ``spins``, sparse (2^N, 2^N)."""
    n = len(system)
    rows, columns = [], []
    for k in spins:
        down = np.flatnonzero(is_down(n, k))
        rows.append(down ^ (1 << (n - 1 - k)))
        columns.append(down)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row)), (row, column)), shape=(1 << n, 1 << n))


def initial_state(system: SpinSystem) -> np.ndarray:
    """ρ0 = (1 + 2 I_1z)/2^N of the tagged spin as a dense matrix: trace 1, the state of the conservation experiment."""
    return np.diag((1 + 2 * z_diagonal(system, system.tagged_spin)) / 2.0 ** len(system))


def check_density_size(system: SpinSystem, method: str) -> None:
    """Refuse density operators of systems that are too large.

    Raises
    ------
    InputError
        For N > 8.
    """
    if len(system) > DENSITY_LIMIT:
        each = 16 * 4 ** len(system)
        raise InputError(
            f"method {method!r}: density operators of {len(system)} spins take {each:.3g} bytes per point: "
            f"ask for at most {DENSITY_LIMIT} spins, or use 'simulate' for the observables"
        )
