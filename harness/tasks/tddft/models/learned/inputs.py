"""The inputs of the network for a molecule: shells, and real operators in blocks of shell pairs.

A rotation of the molecule multiplies the block (a, b) of every operator by the Wigner matrices of the two shells from
the left and the right. Scalar products of such blocks are invariant, and a block times an invariant number rotates in
the same way as the block. The network reads the first and returns the second, so that it is equivariant for any basis
and any parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.tddft.structure import Structure
from harness.tasks.tddft.systems import ELEMENTS, MolecularSystem

if TYPE_CHECKING:
    import torch

SHELL_FEATURES = len(ELEMENTS) + 4
DISTANCES_BOHR = np.linspace(0.0, 7.0, 8)


@dataclass(frozen=True, eq=False)
class MoleculeInputs:
    """Tensors of one molecule in single precision.

    ``places`` (atoms, 3), ``charges`` (atoms,), ``atoms`` (shells,) the atom of each shell, ``shells`` (n,) the shell
    of each basis function, ``features`` (shells, SHELL_FEATURES) element, angular momentum and rank, ``distances``
    (shells, shells, 8); ``operators`` (4, n, n) F0, h, S^½, D0 and ``dipole`` (3, n, n); ``occupied`` electrons of
    one spin.
    """

    places: torch.Tensor
    charges: torch.Tensor
    atoms: torch.Tensor
    shells: torch.Tensor
    features: torch.Tensor
    distances: torch.Tensor
    operators: torch.Tensor
    dipole: torch.Tensor
    occupied: int

    @classmethod
    def of(cls, structure: Structure) -> MoleculeInputs:
        """Those of a restricted molecule."""
        import torch

        system = structure.system
        atoms, momenta, ranks = shells_of(structure)
        features = np.zeros((len(atoms), SHELL_FEATURES))
        elements = np.array(system.charges) - 1
        features[np.arange(len(atoms)), elements[atoms]] = 1
        features[np.arange(len(atoms)), len(ELEMENTS) + momenta] = 1
        features[:, -1] = ranks / 3
        places = np.array(system.positions_bohr)
        separations = np.linalg.norm(places[atoms][:, None] - places[atoms], axis=-1)
        spread = np.exp(-((separations[..., None] - DISTANCES_BOHR) ** 2) / 2)
        operators = [structure.fock(structure.ground)[0], structure.core, structure.root, structure.ground[0]]

        def single(array: np.ndarray) -> torch.Tensor:
            return torch.tensor(np.real(array), dtype=torch.float32)

        return cls(
            single(places),
            torch.tensor(elements),
            torch.tensor(atoms),
            torch.tensor(structure.shells),
            single(features),
            single(spread),
            single(np.array([np.real(one) for one in operators])),
            single(structure.dipole),
            system.occupied[0],
        )


def shells_of(structure: Structure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(shells,) atom, angular momentum, and rank among the shells of its atom with that angular momentum."""
    from harness.tasks.tddft.structure import molecule_of

    molecule = molecule_of(structure.system)
    atoms = np.array([molecule.bas_atom(k) for k in range(molecule.nbas)])
    momenta = np.array([molecule.bas_angular(k) for k in range(molecule.nbas)])
    keys = list(zip(atoms, momenta, strict=True))
    ranks = np.array([keys[:k].count(key) for k, key in enumerate(keys)])
    return atoms, momenta, ranks


def is_supported(system: MolecularSystem) -> str:
    """ "" if the network can read the system, else the reason."""
    if not system.restricted:
        return "the learned propagator knows closed shells only"
    return ""
