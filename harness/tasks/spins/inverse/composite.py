"""Lines of a spin system as fits need them: fast, with derivatives, magnetically equivalent spins as one larger spin.

n equivalent spins 1/2 (one offset, and to every other spin one coupling) act as spins F = n/2, n/2 - 1, …, of which
there are

    C(n, n/2 - F) - C(n, n/2 - F - 1),

and the couplings among them show nowhere. A CH3 group then has 4 + 2 states instead of 8, and each set of F is a
system by itself. Parts that no coupling joins are solved by themselves too. Line positions, weights and derivatives are
those of :mod:`harness.tasks.spins.inverse.lines`, to rounding.

Source: P. L. Corio, Structure of High-Resolution NMR Spectra (1966), ch. 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import comb, pi, prod, tau

import numpy as np

from harness.memory import require_memory
from harness.tasks.spins.inverse.lines import LineList
from harness.tasks.spins.inverse.parameters import Parameters

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
    """One choice of F per site: its blocks, the pairs (upper, lower, I_+) that are observed, the weight of a line."""

    blocks: tuple[Block, ...]
    pairs: tuple[tuple[int, int, np.ndarray], ...]
    weight: float


@dataclass(frozen=True, eq=False)
class CompositeModel:
    """Lines of M of the system of ``parameters`` at any θ."""

    parameters: Parameters

    def lines(self, theta: np.ndarray, resolution_hz: float = 1e-3, threshold: float = 1e-7) -> LineList:
        """Lines at θ (P,) in Hz with derivatives by Hz; see :func:`collected` for what is put together."""
        found = [_lines_of(sector, theta) for sector in self._sectors]
        omega, weight = (np.concatenate([lines[k] for lines in found]) for k in (0, 1))
        d_weight, d_phase = (np.concatenate([lines[k] for lines in found], axis=1) for k in (2, 3))
        return collected(LineList(omega, weight, d_weight, d_phase), resolution_hz, threshold)

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

    def _coupling(self, i: int, j: int) -> tuple[int, float]:
        """Number of the parameter and 0, or -1 and the fixed value in Hz."""
        pair = (min(i, j), max(i, j))
        for p, group in enumerate(self.parameters.couplings):
            if pair in group:
                return p, 0.0
        return -1, float(self.parameters.template.couplings_hz[pair])

    @cached_property
    def _sectors(self) -> tuple[Sector, ...]:
        return tuple(sector for part in self._parts() for sector in self._sectors_of(part))

    def _parts(self) -> list[list[tuple[int, ...]]]:
        """Sites by connected part; a part without an observed spin gives no line."""
        parts: list[list[tuple[int, ...]]] = []
        for site in self.sites:
            joined = [p for p in parts if any(self._coupling(site[0], o[0]) != (-1, 0.0) for o in p)]
            parts = [p for p in parts if p not in joined] + [[*(s for p in joined for s in p), site]]
        system = self.parameters.template
        return [p for p in parts if any(system.isotopes[s[0]] == system.observed for s in p)]

    def _sectors_of(self, part: Sequence[tuple[int, ...]]) -> Iterator[Sector]:
        system = self.parameters.template
        states = 2.0 ** sum(map(len, part))
        largest = prod(len(site) + 1.0 for site in part)
        needed = 8.0 * (len(self.parameters) + 4) * largest**2 / 4
        require_memory(needed, "the exact line list of a part", "use the method 'cluster' instead")
        for spins in product(*(np.arange(len(site) / 2, -0.1, -1) for site in part)):
            copies = 1
            for site, spin in zip(part, spins, strict=True):
                n, missing = len(site), round(len(site) / 2 - spin)
                copies *= comb(n, missing) - (comb(n, missing - 1) if missing else 0)
            yield self._sector(part, spins, 2 * copies / (len(system.observed_spins) * states))

    def _sector(self, part: Sequence[tuple[int, ...]], spins: Sequence[float], weight: float) -> Sector:
        system = self.parameters.template
        axes = np.meshgrid(*(np.arange(f, -f - 0.1, -1) for f in spins), indexing="ij")
        m = np.stack([axis.ravel() for axis in axes])
        kinds = [system.isotopes[site[0]] for site in part]
        projections = np.stack([m[[k == kind for k in kinds]].sum(axis=0) for kind in dict.fromkeys(kinds)])
        values, block_of = np.unique(np.round(2 * projections).astype(int), axis=1, return_inverse=True)
        members = [np.flatnonzero(block_of == b) for b in range(values.shape[1])]
        raising = [_raised(m, k, f) for k, f in enumerate(spins)]
        total = np.sum([r for r, kind in zip(raising, kinds, strict=True) if kind == system.observed], axis=0)
        steps = {
            (upper, lower): total[np.ix_(members[upper], members[lower])]
            for upper, lower in product(range(len(members)), repeat=2)
        }
        pairs = tuple((*pair, step) for pair, step in steps.items() if step.any())
        return Sector(tuple(self._block(part, m, raising, inside) for inside in members), pairs, weight)

    def _block(
        self, part: Sequence[tuple[int, ...]], m: np.ndarray, raising: Sequence[np.ndarray], inside: np.ndarray
    ) -> Block:
        """H among the states ``inside``, from the projections (sites, d) and I_+ (d, d) of every site."""
        system, parameters = self.parameters.template, self.parameters
        fixed = np.zeros((len(inside), len(inside)))
        changes = np.zeros((len(parameters), *fixed.shape))
        for k, site in enumerate(part):
            which = next((p for p, unit in enumerate(parameters.offsets) if site[0] in unit), -1)
            term = np.diag(tau * m[k, inside])
            if which >= 0:
                changes[which] += term
            else:
                fixed += system.offsets_hz[site[0]] * term
        for (k, site), (n, other) in combinations(enumerate(part), 2):
            which, value = self._coupling(site[0], other[0])
            term = np.diag(tau * m[k, inside] * m[n, inside])
            if system.isotopes[site[0]] == system.isotopes[other[0]]:
                flip = raising[k][:, inside].T @ raising[n][:, inside]
                term = term + pi * (flip + flip.T)
            if which >= 0:
                changes[len(parameters.offsets) + which] += term
            else:
                fixed += value * term
        return Block(fixed, changes)


def _raised(m: np.ndarray, site: int, spin: float) -> np.ndarray:
    """I_+ of one site in the product states with projections ``m`` (sites, d), (d, d)."""
    shape = tuple(len(np.unique(row)) for row in m)
    after = int(np.prod(shape[site + 1 :]))
    size = m.shape[1]
    down = np.flatnonzero(m[site] < spin - 0.1)
    raising = np.zeros((size, size))
    raising[down - after, down] = np.sqrt(spin * (spin + 1) - m[site, down] * (m[site, down] + 1))
    return raising


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


def collected(lines: LineList, resolution_hz: float, threshold: float) -> LineList:
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
    return LineList(place, *together)
