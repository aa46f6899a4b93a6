"""Blocks against the Kronecker product: the same matrices, only sorted."""

from __future__ import annotations

from functools import reduce
from math import comb, tau

import numpy as np
import pytest

from harness import SpinSystem
from harness.tasks.spins.systems.zblocks import ZBlocks

X = np.array([[0, 1], [1, 0]]) / 2
Y = np.array([[0, -1j], [1j, 0]]) / 2
Z = np.diag([0.5, -0.5])


def one(matrix: np.ndarray, k: int, n: int) -> np.ndarray:
    return reduce(np.kron, [matrix if m == k else np.eye(2) for m in range(n)])


def full_hamiltonian(system: SpinSystem) -> np.ndarray:
    n = len(system)
    total = sum(tau * system.offsets_hz[k] * one(Z, k, n) for k in range(n)).astype(complex)
    for i in range(n):
        for j in range(i + 1, n):
            axes = (X, Y, Z) if system.isotopes[i] == system.isotopes[j] else (Z,)
            total += tau * system.couplings_hz[i, j] * sum(one(a, i, n) @ one(a, j, n) for a in axes)
    return total


def systems() -> list[SpinSystem]:
    rng = np.random.default_rng(3)
    made = []
    for isotopes in (
        ("1H",),
        ("1H",) * 4,
        ("1H", "13C", "1H", "13C", "1H"),
        ("13C", "1H", "15N"),
        ("31P", "31P", "1H"),
    ):
        n = len(isotopes)
        matrix = np.triu(rng.uniform(-15, 15, (n, n)), 1)
        made.append(SpinSystem(rng.uniform(-200, 200, n), matrix + matrix.T, isotopes=isotopes))
    return made


@pytest.mark.parametrize("system", systems(), ids=lambda s: "-".join(s.isotopes))
def test_blocks_are_the_hamiltonian(system: SpinSystem) -> None:
    blocks, expected = ZBlocks(system), full_hamiltonian(system)
    rebuilt = np.zeros_like(expected)
    for b, states in enumerate(blocks.states):
        rebuilt[np.ix_(states, states)] = blocks.hamiltonian(b).toarray()
    np.testing.assert_allclose(rebuilt, expected, atol=1e-10 * np.abs(expected).max())
    assert sorted(np.concatenate(blocks.states).tolist()) == list(range(2 ** len(system)))


@pytest.mark.parametrize("system", systems(), ids=lambda s: "-".join(s.isotopes))
def test_raising_operator(system: SpinSystem) -> None:
    n = len(system)
    blocks = ZBlocks(system)
    expected = sum(one(X + 1j * Y, k, n) for k in system.observed_spins).real
    rebuilt = np.zeros_like(expected)
    for upper, lower in blocks.pairs():
        place = np.ix_(blocks.states[upper], blocks.states[lower])
        rebuilt[place] = blocks.raising(upper, lower, system.observed_spins).toarray()
    np.testing.assert_array_equal(rebuilt, expected)


def test_sizes() -> None:
    blocks = ZBlocks(SpinSystem(np.arange(7.0), np.zeros((7, 7))))
    assert sorted(map(len, blocks.states)) == sorted(comb(7, k) for k in range(8))
    assert len(blocks.pairs()) == 7


@pytest.mark.parametrize("system", systems(), ids=lambda s: "-".join(s.isotopes))
def test_z(system: SpinSystem) -> None:
    n = len(system)
    blocks = ZBlocks(system)
    for k in range(n):
        np.testing.assert_array_equal(blocks.z(k, np.arange(2**n)), np.diag(one(Z, k, n)).real)
