"""The terms of a molecule: which of its distances and torsions belong together, and of which types they are.

A term is a tuple of scalar variables with a key. The key states the elements of its atoms with their numbers of
neighbours (O1 is a carbonyl oxygen, O2 that of an alcohol or ether), the bonds between the atoms of a pair, and the
size of the ring that all its atoms belong to, if there is one: the angles of rings of five are not those of six.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.tasks.kstep.forces.mmff import rdkit_molecule
from harness.tasks.kstep.molecule import Molecule

FAMILIES = {"pair": (1, 4), "angle": (3, 3), "torsion": (1, 3)}
"""Family -> number of variables of a term, and the highest total degree of its monomials."""
FARTHEST = 4
"""Pairs of atoms that are this many bonds apart, or more, are of one class."""


@dataclass(frozen=True)
class Term:
    """``variables`` are indices into the variables of :class:`Geometry`."""

    family: str
    key: str
    variables: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Geometry:
    """The scalar variables of a molecule: distances in nm of all ``pairs`` (P, 2), then for all ``torsions`` (Q, 4)
    atoms i-j-k-l the product (b1 × b2)·(b2 × b3) of the bond vectors in units of :data:`TORSION_NM4`.

    The product is smooth even where three atoms are in line; at fixed angles it is a linear function of cos φ.
    """

    pairs: np.ndarray
    torsions: np.ndarray

    def variables(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All variables (P + Q,) of positions (N, 3); derivatives of distances (P, 3) with respect to the first atom,
        and of torsions (Q, 4, 3) with respect to their atoms."""
        apart = x[self.pairs[:, 0]] - x[self.pairs[:, 1]]
        distances = np.sqrt(np.einsum("pa,pa->p", apart, apart))
        products, slopes = self._products(x)
        return np.concatenate([distances, products]), apart / distances[:, None], slopes

    def _products(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(b1 × b2)·(b2 × b3) = (b1·b2)(b2·b3) - (b1·b3)(b2·b2), and its derivatives."""
        places = x[self.torsions]
        first, middle, last = (places[:, n + 1] - places[:, n] for n in range(3))
        fm, ml, fl, mm = (_dots(*both) for both in ((first, middle), (middle, last), (first, last), (middle, middle)))
        by_first = ml * middle - mm * last
        by_middle = ml * first + fm * last - 2 * fl * middle
        by_last = fm * middle - mm * first
        slopes = np.stack([-by_first, by_first - by_middle, by_middle - by_last, by_last], axis=1)
        return (fm * ml - fl * mm)[:, 0] / TORSION_NM4, slopes / TORSION_NM4


TORSION_NM4 = 0.15**4
"""The fourth power of a bond length, so that the variable is of the order of 1."""


def _dots(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.einsum("qa,qa->q", one, other)[:, None]


def terms_of(molecule: Molecule) -> tuple[Geometry, list[Term]]:
    """The variables of a molecule and all its terms."""
    size = len(molecule)
    neighbours = [set[int]() for _ in range(size)]
    for i, j, _ in molecule.bonds:
        neighbours[i].add(j)
        neighbours[j].add(i)
    pairs = list(combinations(range(size), 2))
    number = {pair: place for place, pair in enumerate(pairs)}
    number |= {(j, i): place for (i, j), place in number.items()}
    torsions = list(_torsions(molecule, neighbours))
    kind = [f"{element}{len(around)}" for element, around in zip(molecule.elements, neighbours, strict=True)]
    apart, rings = _bonds_apart(size, neighbours), _rings(molecule)
    found = [
        Term("pair", f"{'-'.join(sorted((kind[i], kind[j])))} {apart[i, j]}{_ring((i, j), rings)}", (number[i, j],))
        for i, j in pairs
    ]
    for i, j, k in _angles(neighbours):
        found += [
            Term("angle", "-".join(kind[a] for a in atoms) + _ring(atoms, rings),
                 (number[atoms[0], j], number[j, atoms[2]], number[i, k]))
            for atoms in _orders((i, j, k), kind)
        ]  # fmt: skip
    found += [
        Term("torsion", "-".join(kind[a] for a in _orders(atoms, kind)[0]) + _ring(atoms, rings), (len(pairs) + place,))
        for place, atoms in enumerate(torsions)
    ]
    return Geometry(np.array(pairs), np.array(torsions, dtype=int).reshape(-1, 4)), found


def _rings(molecule: Molecule) -> list[frozenset[int]]:
    """Atoms of every ring, the smallest rings first."""
    mol = rdkit_molecule(molecule)  # its rings are freed together with it
    return sorted((frozenset(ring) for ring in mol.GetRingInfo().AtomRings()), key=len)


def _ring(atoms: tuple[int, ...], rings: list[frozenset[int]]) -> str:
    """The smallest ring that has all of the atoms, as a part of a key; "" if there is none."""
    return next((f" ring {len(ring)}" for ring in rings if ring.issuperset(atoms)), "")


def _orders(atoms: tuple[int, ...], kind: list[str]) -> list[tuple[int, ...]]:
    """The atoms in the order in which their types come first; both orders where the types are the same in both."""
    forth, back = [kind[a] for a in atoms], [kind[a] for a in reversed(atoms)]
    if forth == back:
        return [atoms, atoms[::-1]]
    return [atoms if forth < back else atoms[::-1]]


def _angles(neighbours: list[set[int]]) -> Iterator[tuple[int, int, int]]:
    for j, around in enumerate(neighbours):
        for i, k in combinations(sorted(around), 2):
            yield i, j, k


def _torsions(molecule: Molecule, neighbours: list[set[int]]) -> Iterator[tuple[int, int, int, int]]:
    for j, k, _ in molecule.bonds:
        for i in sorted(neighbours[j] - {k}):
            for end in sorted(neighbours[k] - {j, i}):
                yield i, j, k, end


def _bonds_apart(size: int, neighbours: list[set[int]]) -> np.ndarray:
    """Number of bonds between all atoms, (N, N), at most :data:`FARTHEST`."""
    found = np.full((size, size), FARTHEST)
    for start in range(size):
        reached, edge = {start}, {start}
        for distance in range(FARTHEST):
            found[start, sorted(edge)] = distance
            edge = set().union(*(neighbours[a] for a in edge)) - reached if edge else edge
            reached |= edge
    return found
