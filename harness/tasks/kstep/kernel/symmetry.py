"""Permutations of equal atoms that do not change the table of bonds: the hydrogens of a methyl group, for example.

The quantum energy is the same for all of them, so that every label is used once for each permutation.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.kstep.forces.mmff import rdkit_molecule
from harness.tasks.kstep.kernel.descriptor import pairs
from harness.tasks.kstep.molecule import Molecule

MOST = 48
"""For a molecule with more permutations (butane has 288) none is used: each costs as much as all centres."""


def symmetries(molecule: Molecule) -> np.ndarray:
    """The permutations, (Q, N), the identity among them; the identity alone where there are more than :data:`MOST`."""
    mol = rdkit_molecule(molecule)
    found = mol.GetSubstructMatches(mol, uniquify=False, useChirality=False, maxMatches=MOST + 1)
    identity = tuple(range(len(molecule)))
    return np.array(sorted(found) if len(found) <= MOST else [identity])


def pair_orders(permutations: np.ndarray) -> np.ndarray:
    """Where each pair of atoms goes, (Q, P), for permutations (Q, N): D[order] are the inverse distances permuted."""
    size = permutations.shape[1]
    first, second = pairs(size)
    number = np.zeros((size, size), dtype=int)
    number[first, second] = number[second, first] = np.arange(len(first))
    return number[permutations[:, first], permutations[:, second]]
