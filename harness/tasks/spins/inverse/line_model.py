"""Lines of a spin system as fits need them: fast, with derivatives, magnetically equivalent spins as one larger spin.

H is a linear function of the parameters on the blocks of :mod:`harness.tasks.spins.references.composite`. Which spins
are equivalent follows from the parameters that they share, not from their values: n spins of one offset, and of one
coupling to every other spin. Parts that no coupling joins are solved separately too. Line positions, weights and
derivatives are those of :mod:`harness.tasks.spins.inverse.line_derivatives`, to rounding.

Source: P. L. Corio, Structure of High-Resolution NMR Spectra (1966), ch. 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod, tau

import numpy as np

from harness.memory import require_memory
from harness.tasks.spins.inverse.line_derivatives import LinesAndDerivatives
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.references.composite import Composite, composites

GAP_RAD_S = 1e-6
"""Levels closer than this count as degenerate: over some seconds of acquisition their phase does not show."""


@dataclass(frozen=True, eq=False)
class Block:
    """States with one spin projection of every isotope: H = ``fixed`` + Σ_p θ_p ``changes``[p], (d, d) in rad/s."""

    fixed: np.ndarray
    changes: np.ndarray

    def solved(self, theta: np.ndarray) -> Solved:
        """Levels, states, and how they change."""
        energies, vectors = np.linalg.eigh(self.fixed + np.tensordot(theta, self.changes, 1))
        difference = energies[:, None] - energies[None, :]
        same = np.abs(difference) < GAP_RAD_S
        turned = vectors.T @ self.changes @ vectors
        mixing = np.where(same, 0.0, turned / np.where(same, 1.0, difference))
        return Solved(energies, vectors, mixing, np.where(same, turned, 0.0))


@dataclass(frozen=True, eq=False)
class Solved:
    """Energies (d,), eigenvectors (d, d), and X, D (P, d, d) of the Daleckii-Krein formula."""

    energies: np.ndarray
    vectors: np.ndarray
    mixing: np.ndarray
    moved: np.ndarray


@dataclass(frozen=True, eq=False)
class Sector:
    """One choice of a total spin for each site: its blocks, the pairs (upper, lower, I_+) of them with observed lines
    between them, and the weight of a line."""

    blocks: tuple[Block, ...]
    pairs: tuple[tuple[int, int, np.ndarray], ...]
    weight: float


@dataclass(frozen=True, eq=False)
class LineModel:
    """Lines of M of the system of ``parameters`` at any θ."""

    parameters: Parameters

    def lines(self, theta: np.ndarray, resolution_hz: float = 1e-3, threshold: float = 1e-7) -> LinesAndDerivatives:
        """Lines at θ (P,) in Hz with derivatives by Hz; see :func:`collected` for what is put together."""
        found = [_lines_of(sector, theta) for sector in self._sectors]
        omega, weight = (np.concatenate([lines[k] for lines in found]) for k in (0, 1))
        d_weight, d_phase = (np.concatenate([lines[k] for lines in found], axis=1) for k in (2, 3))
        return collected(LinesAndDerivatives(omega, weight, d_weight, d_phase), resolution_hz, threshold)

    @cached_property
    def sites(self) -> tuple[tuple[int, ...], ...]:
        """Magnetically equivalent spins, and each other spin by itself."""
        system = self.parameters.template
        taken = {k for unit in self.parameters.offsets for k in unit}
        units = [*self.parameters.offsets, *((k,) for k in range(len(system)) if k not in taken)]
        sites: list[tuple[int, ...]] = []
        for unit in units:
            sites += [unit] if self._equivalent(unit) else [(k,) for k in unit]
        return tuple(sites)

    def _equivalent(self, unit: tuple[int, ...]) -> bool:
        """Whether every spin outside is coupled to all of ``unit`` by one parameter or by one fixed value."""
        outside = [m for m in range(len(self.parameters.template)) if m not in unit]
        return all(len({self._coupling(k, m) for k in unit}) == 1 for m in outside)

    def _offset(self, k: int) -> tuple[int, float]:
        """Number of the parameter and 1, or -1 and the fixed value in Hz."""
        row = next((p for p, unit in enumerate(self.parameters.offsets) if k in unit), -1)
        return row, 1.0 if row >= 0 else float(self.parameters.template.offsets_hz[k])

    def _coupling(self, i: int, j: int) -> tuple[int, float]:
        """Number of the parameter and 1, or -1 and the fixed value in Hz."""
        pair = (min(i, j), max(i, j))
        for p, group in enumerate(self.parameters.couplings, len(self.parameters.offsets)):
            if pair in group:
                return p, 1.0
        return -1, float(self.parameters.template.couplings_hz[pair])

    @cached_property
    def _sectors(self) -> tuple[Sector, ...]:
        return tuple(sector for part in self._parts() for sector in self._sectors_of(part))

    def _parts(self) -> list[list[tuple[int, ...]]]:
        """Sites by connected part; a part without an observed spin gives no line."""
        parts: list[list[tuple[int, ...]]] = []
        for site in self.sites:
            joined = [p for p in parts if any(self._coupling(site[0], o[0])[1] for o in p)]
            parts = [p for p in parts if p not in joined] + [[*(s for p in joined for s in p), site]]
        system = self.parameters.template
        return [p for p in parts if any(system.isotopes[s[0]] == system.observed for s in p)]

    def _sectors_of(self, part: Sequence[tuple[int, ...]]) -> Iterator[Sector]:
        system = self.parameters.template
        largest = prod(len(site) + 1.0 for site in part)
        needed = 8.0 * (len(self.parameters) + 4) * largest**2 / 4
        require_memory(needed, "the exact line list of a part", "use the method 'cluster' instead")
        observed = [g for g, site in enumerate(part) if system.isotopes[site[0]] == system.observed]
        norm = len(system.observed_spins) * 2.0 ** (sum(map(len, part)) - 1)
        for composite in composites(system, part):
            steps = tuple((*pair, composite.raising(observed, *pair).toarray()) for pair in composite.pairs())
            yield Sector(self._blocks(composite), steps, composite.times / norm)

    def _blocks(self, composite: Composite) -> tuple[Block, ...]:
        """H of every block as a linear function of θ."""
        # The last row is for all offsets and couplings without a parameter.
        rows = len(self.parameters) + 1
        terms = [np.zeros((rows, len(states), len(states))) for states in composite.states]
        for g, site in enumerate(composite.groups):
            row, value = self._offset(site[0])
            for block, term in enumerate(terms):
                np.einsum("ii->i", term[row])[:] += value * tau * composite.projection(g, block)
        for (g, site), (h, other) in combinations(enumerate(composite.groups), 2):
            row, value = self._coupling(site[0], other[0])
            if value:
                for term, operator in zip(terms, composite.coupling_operators(g, h), strict=True):
                    term[row] += value * operator
        return tuple(Block(term[-1], term[:-1]) for term in terms)


def _lines_of(sector: Sector, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Positions, weights and the derivative arrays of one sector."""
    solved = [block.solved(theta) for block in sector.blocks]
    count = len(theta)
    omega, weight = [np.empty(0)], [np.empty(0)]
    d_weight, d_phase = [np.empty((count, 0))], [np.empty((count, 0))]
    for above, below, step in sector.pairs:
        upper, lower = solved[above], solved[below]
        moment = upper.vectors.T @ step @ lower.vectors
        turned = 2 * moment * (upper.mixing @ moment - moment @ lower.mixing)
        moved = moment * (upper.moved @ moment - moment @ lower.moved)
        omega.append((upper.energies[:, None] - lower.energies[None, :]).ravel())
        weight.append(sector.weight * (moment**2).ravel())
        d_weight.append(sector.weight * turned.reshape(count, -1))
        d_phase.append(sector.weight * moved.reshape(count, -1))
    return np.concatenate(omega), np.concatenate(weight), np.hstack(d_weight), np.hstack(d_phase)


def collected(lines: LinesAndDerivatives, resolution_hz: float, threshold: float) -> LinesAndDerivatives:
    """Lines in one cell of ``resolution_hz`` as one at their common place, those below ``threshold`` left out.

    The threshold is for the weight relative to the whole, and for derivatives of this by Hz.

    A derivative (A + itB) exp(iωt) at ω is (A + it(B + A(ω - ω'))) exp(iω't) at ω' to first order: of near-degenerate
    levels A is large and cancels between neighbours, and what is left of it is in the second term.
    """
    size = lines.weight / max(lines.weight.sum(), 1e-300)
    if len(lines.d_weight):
        size = np.maximum(size, np.max(np.abs(lines.d_weight), axis=0))
        size = np.maximum(size, np.max(np.abs(lines.d_phase), axis=0) / tau)
    seen = np.flatnonzero(size > threshold)
    seen = seen[np.argsort(lines.omega[seen])]
    omega, weight = lines.omega[seen], lines.weight[seen]
    cell = np.floor(omega / (tau * resolution_hz))
    starts = np.flatnonzero(np.diff(cell, prepend=np.nan) != 0)
    groups = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(omega))))
    # Derivatives alone, without weight, have a place too.
    share = weight + 1e-12
    place = np.add.reduceat(omega * share, starts) / np.add.reduceat(share, starts)
    a, b = lines.d_weight[:, seen], lines.d_phase[:, seen]
    moved = b + a * (omega - place[groups])
    together = [np.add.reduceat(rows, starts, axis=-1) for rows in (weight, a, moved)]
    return LinesAndDerivatives(place, *together)
