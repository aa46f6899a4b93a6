"""Generators in Liouville space from products of single-spin operators: sparse, without matrices of Hilbert space.

A term c·O, O a product of I_+, I_z, I_- of one or two spins, has a commutator that changes the states of these spins
only, by a matrix of 4 x 4 or 16 x 16 elements that are known beforehand. The Redfield matrix of the states B_i is

    R_ij = -(1/5) Σ_k Σ_m <[Q_kmᵀ, B_i], [Q̃_kmᵀ, B_j]>,     Q̃: each product times τ/(1 + ω² τ²),

ω the sum of the frequencies of precession of its I_+ minus that of its I_-. Against
:mod:`harness.tasks.spins.relaxation.dense_matrix` the couplings J are left out of the spectral densities, which changes
R by about 2πJτ of itself (1e-8 at J = 10 Hz, τ = 200 ps). Source: as there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import pi, tau

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array

from harness.tasks.spins.relaxation.interactions import RANK_PROJECTIONS, Factors, Interaction, interactions
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import MATRICES, ProductStates, simple_rates

Term = tuple[float, tuple[int, ...], Factors]
"""(coefficient, spins, factors): a product of single-spin operators."""

_FACTOR = {
    "+": np.array([[0.0, 1.0], [0.0, 0.0]]),
    "-": np.array([[0.0, 0.0], [1.0, 0.0]]),
    "z": np.array([[0.5, 0.0], [0.0, -0.5]]),
}
_TRANSPOSED = {"+": "-", "-": "+", "z": "z"}
_TURNS = {"+": 1.0, "-": -1.0, "z": 0.0}


def relaxation_matrix(
    laboratory: LaboratorySystem, states: ProductStates, reachable: np.ndarray | None = None
) -> csr_array:
    """(D, D) sparse R in 1/s between ``states`` of one coherence order, without thermalisation.

    ``reachable``: see :func:`redfield_diagonal`.
    """
    relaxation = laboratory.relaxation
    longitudinal = states.longitudinal
    if relaxation.model == "redfield" and relaxation.rlx_keep == "secular":
        return redfield_matrix(laboratory, states, reachable)
    matrix = diags_array(-rates_of(laboratory, states, reachable))
    if relaxation.model != "redfield" or not longitudinal.any():
        return csr_array(matrix)
    inner = redfield_matrix(laboratory, ProductStates(states.numbers[longitudinal]), reachable)
    inner = coo_array(inner - diags_array(inner.diagonal()))
    places = np.flatnonzero(longitudinal)
    crossed = coo_array((inner.data, (places[inner.row], places[inner.col])), shape=(len(states), len(states)))
    return csr_array(matrix + crossed)


def rates_of(laboratory: LaboratorySystem, states: ProductStates, reachable: np.ndarray | None = None) -> np.ndarray:
    """(D,) rates in 1/s: minus the diagonal of R without thermalisation, all of R where states are transverse and the
    model is not "redfield" with ``rlx_keep`` "secular"."""
    relaxation = laboratory.relaxation
    if relaxation.model == "damp":
        assert relaxation.damp_rate_per_s is not None
        return np.where(states.numbers.any(axis=1), relaxation.damp_rate_per_s, 0.0)
    if relaxation.model == "t1_t2":
        assert relaxation.r1_per_s is not None
        assert relaxation.r2_per_s is not None
        return simple_rates(states, relaxation.r1_per_s, relaxation.r2_per_s)
    return -redfield_diagonal(laboratory, states, reachable)


def redfield_matrix(
    laboratory: LaboratorySystem, states: ProductStates, reachable: np.ndarray | None = None
) -> csr_array:
    """(D, D) sparse: the whole Redfield matrix between ``states``."""
    found = csr_array((len(states), len(states)))
    for first, second in _both_commutators(laboratory, states, reachable):
        found = found - first.T @ second / 5
    return csr_array(found)


def redfield_diagonal(
    laboratory: LaboratorySystem, states: ProductStates, reachable: np.ndarray | None = None
) -> np.ndarray:
    """(D,) the diagonal of :func:`redfield_matrix`.

    ``reachable``: ascending codes of the states that [Q, B] may have; what lies outside is lost, as it is to a program
    that multiplies matrices of a truncated basis. None: all.
    """
    found = np.zeros(len(states))
    for first, second in _both_commutators(laboratory, states, reachable):
        found -= np.asarray(first.multiply(second).sum(axis=0)).ravel() / 5
    return found


def hamiltonian_terms(laboratory: LaboratorySystem) -> list[Term]:
    """H of the rotating frame in rad/s."""
    system = laboratory.rotating
    terms: list[Term] = [(tau * offset, (k,), ("z",)) for k, offset in enumerate(system.offsets_hz) if offset]
    for i, j in np.argwhere(np.triu(system.couplings_hz)).tolist():
        coupling = system.couplings_hz[i, j]
        terms.append((tau * coupling, (i, j), ("z", "z")))
        if system.same_isotope[i, j]:
            terms += [(pi * coupling, (i, j), ("+", "-")), (pi * coupling, (i, j), ("-", "+"))]
    return terms


def commutators(terms: Iterable[Term], states: ProductStates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """([Σ c O, B_j] as a list of elements) codes of the states that come out, numbers j, values."""
    rows, columns, values = [], [], []
    for coefficient, spins, factors in terms:
        for code, number, value in _changes(spins, factors, states):
            rows.append(code)
            columns.append(number)
            values.append(np.full(len(number), coefficient * value))
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)


def within(elements: tuple[np.ndarray, np.ndarray, np.ndarray], states: ProductStates) -> csr_array:
    """(D, D): the elements between ``states``, whose codes ascend."""
    codes, columns, values = elements
    rows = np.minimum(np.searchsorted(states.codes, codes), len(states) - 1)
    inside = states.codes[rows] == codes
    entries = (values[inside], (rows[inside], columns[inside]))
    return csr_array(coo_array(entries, shape=(len(states), len(states))))


def left_products(terms: Iterable[Term], states: ProductStates) -> csr_array:
    """(D, D) of B → (Σ c O) B between ``states``."""
    rows, columns, values = [], [], []
    for coefficient, spins, factors in terms:
        for code, number, value in _changes(spins, factors, states, commutator=False):
            rows.append(code)
            columns.append(number)
            values.append(np.full(len(number), coefficient * value))
    return within((np.concatenate(rows), np.concatenate(columns), np.concatenate(values)), states)


def _both_commutators(
    laboratory: LaboratorySystem, states: ProductStates, reachable: np.ndarray | None
) -> Iterator[tuple[csr_array, csr_array]]:
    """For every k and m, [Q_kmᵀ, B] and [Q̃_kmᵀ, B] as (states that come out, D) sparse matrices."""
    there = interactions(laboratory)
    precession = laboratory.larmor_rad_per_s + tau * laboratory.rotating.offsets_hz
    tau_c = laboratory.relaxation.tau_c_s
    assert tau_c is not None
    components = np.array([one.components for one in there])
    for k in RANK_PROJECTIONS:
        rows, columns, values, densities, owners = _elements(there, k, precession, tau_c, states)
        if reachable is not None:
            retained = _known(rows, reachable)
            rows, columns, values, densities, owners = (
                part[retained] for part in (rows, columns, values, densities, owners)
            )
        if not len(rows):
            continue
        codes, rows = np.unique(rows, return_inverse=True)
        shape = (len(codes), len(states))
        for m in range(5):
            scaled = values * components[owners, m]
            yield (
                csr_array(coo_array((scaled, (rows, columns)), shape=shape)),
                csr_array(coo_array((scaled * densities, (rows, columns)), shape=shape)),
            )


def _known(codes: np.ndarray, reachable: np.ndarray) -> np.ndarray:
    """Bool: which codes are among the ascending ``reachable``."""
    return reachable[np.minimum(np.searchsorted(reachable, codes), len(reachable) - 1)] == codes


def _elements(
    there: Sequence[Interaction], k: int, precession: np.ndarray, tau_c: float, states: ProductStates
) -> tuple[np.ndarray, ...]:
    """Elements of [(T_k)ᵀ, B] of every interaction: codes, numbers, values, spectral densities, interactions."""
    parts: list[tuple[np.ndarray, ...]] = []
    for owner, one in enumerate(there):
        for coefficient, factors in one.terms[k]:
            omega = sum(_TURNS[f] * precession[spin] for f, spin in zip(factors, one.spins, strict=True))
            density = tau_c / (1 + (omega * tau_c) ** 2)
            turned = tuple(_TRANSPOSED[f] for f in factors)
            for code, number, value in _changes(one.spins, turned, states):
                size = len(number)
                parts.append(
                    (code, number, np.full(size, coefficient * value), np.full(size, density), np.full(size, owner))
                )
    if not parts:
        return (np.zeros(0, np.int64),) * 5
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _changes(
    spins: tuple[int, ...], factors: Factors, states: ProductStates, commutator: bool = True
) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """(codes that come out, numbers of the states that go in, value) for each element of the small matrix."""
    total = states.numbers.shape[1]
    weights = [4 ** (total - 1 - spin) for spin in spins]
    local = states.numbers[:, list(spins)].astype(np.int64) @ (4 ** np.arange(len(spins) - 1, -1, -1))
    places: dict[int, np.ndarray] = {}
    matrix = _small(factors, commutator)
    for out, into in np.argwhere(matrix):
        if into not in places:
            places[into] = np.flatnonzero(local == into)
        number = places[into]
        if len(number):
            shift = sum(
                weight * (int(a) - int(b))
                for weight, a, b in zip(weights, _digits(out, len(spins)), _digits(into, len(spins)), strict=True)
            )
            yield states.codes[number] + shift, number, float(matrix[out, into])


@cache
def _small(factors: Factors, commutator: bool) -> np.ndarray:
    """The matrix of B → [O, B], or of B → O B, for the spins of O alone."""
    left = right = np.ones((1, 1))
    for factor in factors:
        one = _FACTOR[factor]
        left = np.kron(left, np.einsum("oab,ac,icb->oi", MATRICES, one, MATRICES))
        right = np.kron(right, np.einsum("oab,iac,cb->oi", MATRICES, MATRICES, one))
    made = left - right if commutator else left
    return np.where(np.abs(made) > 1e-15, made, 0.0)


def _digits(code: int, count: int) -> list[int]:
    return [int(code) // 4**power % 4 for power in range(count - 1, -1, -1)]
