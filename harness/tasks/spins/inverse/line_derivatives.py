"""The spectrum of M as a list of lines, with exact derivatives.

In the eigenbases of two neighbouring z-blocks M is a sum over transitions,

    M(t) = Σ_ab W_ab exp(iω_ab t),   W_ab = F_ab² / (n 2^{N-1}),   ω_ab = E_a - E_b,   F = VᵀF₊V.

For a change dH of the Hamiltonian the Daleckii-Krein formula for d exp(iHt) gives

    dM(t) = Σ_ab (A_ab + it B_ab) exp(iω_ab t),
    A = 2 F ∘ (X_u F - F X_l) / norm,       X_ab = (Vᵀ dH V)_ab / (E_a - E_b)      (E_a ≠ E_b)
    B = F ∘ (D_u F - F D_l) / norm,         D_ab = (Vᵀ dH V)_ab                    (E_a = E_b, the diagonal included)

exact also where levels are degenerate. Levels count as degenerate below ``gap``; at 1.5e-8/t_end rad/s the error of
either branch is below 3e-8 of the derivative's size t_end. Source: Ju. L. Daleckii, S. G. Krein, AMS Transl. 47, 1
(1965).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tau

import numpy as np
from scipy.sparse import csr_array

from harness.memory import require_memory
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.zblocks import ZBlocks


@dataclass(frozen=True, eq=False)
class LinesAndDerivatives:
    """Lines of M: ``omega`` (L,) in rad/s, ``weight`` (L,), and the derivative arrays (P, L) by Hz, if requested."""

    omega: np.ndarray
    weight: np.ndarray
    d_weight: np.ndarray
    d_phase: np.ndarray

    def signal(self, grid: TimeGrid) -> np.ndarray:
        """M on a grid, (T,)."""
        return self.weight @ phases(self.omega, grid)

    def derivatives(self, grid: TimeGrid) -> np.ndarray:
        """dM/dθ on a grid, (P, T) by Hz."""
        table = phases(self.omega, grid)
        return self.d_weight @ table + 1j * grid.times_s * (self.d_phase @ table)


def phases(omega: np.ndarray, grid: TimeGrid, stride: int = 16) -> np.ndarray:
    """exp(iω t_n), (L, T), as products of a coarse and a fine table: two roundings instead of T/stride exponentials."""
    coarse = np.exp(1j * np.outer(omega, grid.dt_s * stride * np.arange(-(-grid.points // stride))))
    fine = np.exp(1j * np.outer(omega, grid.dt_s * np.arange(stride)))
    return (coarse[:, :, None] * fine[:, None, :]).reshape(len(omega), -1)[:, : grid.points]


def lines_of(system: SpinSystem, parameters: Parameters | None = None, horizon_s: float = 0.03) -> LinesAndDerivatives:
    """All lines of M of a system; with ``parameters`` their derivatives too.

    ``horizon_s`` is the last time at which they will be used: it sets which levels count as degenerate.

    Raises
    ------
    InputError
        If the list would not fit into memory.
    """
    n, observed = len(system), system.observed_spins
    count = 0 if parameters is None else len(parameters)
    require_memory(16 * 4**n * (2 + 2 * count), f"the exact line list of {n} spins", "use the method 'cluster' instead")
    blocks = ZBlocks(system)
    gap = 1.5e-8 / max(horizon_s, 1e-9)
    norm = len(observed) * 2.0 ** (n - 1)
    solved: dict[int, tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]] = {}

    def block(b: int) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        if b not in solved:
            energies, vectors = np.linalg.eigh(blocks.hamiltonian(b).toarray())
            difference = energies[:, None] - energies[None, :]
            same = np.abs(difference) < gap
            inverse = np.where(same, 0.0, 1 / np.where(same, 1.0, difference))
            turned = [vectors.T @ (change @ vectors) for change in _changes(blocks, b, parameters)]
            solved[b] = (energies, vectors, [(c * inverse, np.where(same, c, 0.0)) for c in turned])
        return solved[b]

    omega, weight, d_weight, d_phase = [], [], [], []
    for upper, lower in blocks.pairs():
        energies_u, vectors_u, changes_u = block(upper)
        energies_l, vectors_l, changes_l = block(lower)
        moment = vectors_u.T @ (blocks.raising(upper, lower, observed) @ vectors_l)
        omega.append((energies_u[:, None] - energies_l[None, :]).ravel())
        weight.append((moment**2 / norm).ravel())
        if count:
            rows = [
                (2 * moment * (xu @ moment - moment @ xl), moment * (du @ moment - moment @ dl))
                for (xu, du), (xl, dl) in zip(changes_u, changes_l, strict=True)
            ]
            d_weight.append(np.stack([a.ravel() for a, _ in rows]) / norm)
            d_phase.append(np.stack([b.ravel() for _, b in rows]) / norm)
    omega_all, weight_all = np.concatenate(omega), np.concatenate(weight)
    a = np.concatenate(d_weight, axis=1) if count else np.empty((0, len(omega_all)))
    b = np.concatenate(d_phase, axis=1) if count else np.empty((0, len(omega_all)))
    # Forbidden lines stay out; a line without weight may still have a derivative.
    size = np.maximum(weight_all, np.max(np.abs(np.vstack([a, b])), axis=0, initial=0.0))
    keep = size > 1e-16 * size.max()
    return LinesAndDerivatives(omega_all[keep], weight_all[keep], a[:, keep], b[:, keep])


def _changes(blocks: ZBlocks, b: int, parameters: Parameters | None) -> list[csr_array]:
    """dH/dθ_p of one block, in rad/s by Hz."""
    if parameters is None:
        return []
    system, states = blocks.system, blocks.states[b]
    here = np.arange(len(states))
    changes = []
    for group in parameters.offsets:
        diagonal = tau * np.sum([blocks.z(k, states) for k in group], axis=0)
        changes.append(csr_array((diagonal, (here, here)), shape=(len(states), len(states))))
    for pairs in parameters.couplings:
        rows, columns, values = [], [], []
        for i, j in pairs:
            zi, zj = blocks.z(i, states), blocks.z(j, states)
            rows.append(here)
            columns.append(here)
            values.append(tau * zi * zj)
            if system.isotopes[i] == system.isotopes[j]:
                antiparallel = np.flatnonzero(zi != zj)
                rows.append(antiparallel)
                columns.append(blocks.place[states[antiparallel] ^ (blocks.bit(i) | blocks.bit(j))])
                values.append(np.full(len(antiparallel), pi))
        entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        changes.append(csr_array(entries, shape=(len(states), len(states))))
    return changes
