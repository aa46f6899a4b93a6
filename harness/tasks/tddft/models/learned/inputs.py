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
from harness.tasks.tddft.systems import MolecularSystem

if TYPE_CHECKING:
    import torch

MOMENTA = 3
"""s, p and d."""
OPERATORS = 4
SHELL_FEATURES = 2 + MOMENTA + OPERATORS
HEAVIEST = 10
DISTANCES_BOHR = np.linspace(0.0, 7.0, 8)


@dataclass(frozen=True, eq=False)
class MoleculeInputs:
    """Tensors of one molecule.

    ``places`` (atoms, 3), ``charges`` (atoms,) over 10, ``atoms`` (shells,) the atom of each shell, ``shells`` (n,)
    the shell of each basis function, ``features`` (shells, SHELL_FEATURES) charge, rank, angular momentum and mean
    diagonal elements of the operators, all of which have a meaning for elements that were not trained; ``distances``
    (shells, shells, 8); ``operators`` (4, n, n) F0, h, S^½, D0 and ``dipole`` (3, n, n) from the centre of the nuclear
    charges; ``occupied`` electrons of one spin.
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
    def of(cls, structure: Structure, precision: torch.dtype | None = None) -> MoleculeInputs:
        """Those of a restricted molecule, by default in single precision."""
        import torch

        system = structure.system
        shells = Shells.of(system)
        atoms = shells.atoms
        charges = np.array(system.charges) / HEAVIEST
        places = np.array(system.positions_bohr)
        separations = np.linalg.norm(places[atoms][:, None] - places[atoms], axis=-1)
        spread = np.exp(-((separations[..., None] - DISTANCES_BOHR) ** 2) / 2)
        fock = np.real(structure.fock(structure.ground)[0])
        operators = np.array([fock, structure.core, structure.root, np.real(structure.ground[0])])
        diagonals = np.einsum("kii,si->sk", operators, _averages(shells.functions))
        kinds = np.eye(MOMENTA)[shells.momenta]
        features = np.column_stack([charges[atoms], shells.ranks / 3, kinds, np.arcsinh(diagonals)])
        centre = charges @ places / charges.sum()
        dipole = structure.dipole - centre[:, None, None] * np.eye(structure.size)

        def real(array: np.ndarray) -> torch.Tensor:
            return torch.tensor(array, dtype=precision or torch.float32)

        return cls(
            real(places),
            real(charges),
            torch.tensor(atoms),
            torch.tensor(shells.functions),
            real(features),
            real(spread),
            real(operators),
            real(dipole),
            system.occupied[0],
        )


@dataclass(frozen=True, eq=False)
class Shells:
    """The shells of a molecule: (shells,) ``atoms``, angular ``momenta`` and ``ranks`` among the shells of the same
    atom and momentum; (n,) ``functions`` the shell of each basis function.

    The contracted functions of one set of primitives (cc-pVDZ) are shells of their own.
    """

    atoms: np.ndarray
    momenta: np.ndarray
    ranks: np.ndarray
    functions: np.ndarray

    @classmethod
    def of(cls, system: MolecularSystem) -> Shells:
        """Those of the basis of a system, in the order of its basis functions."""
        from harness.tasks.tddft.structure import molecule_of

        molecule = molecule_of(system)
        contracted = [molecule.bas_nctr(k) for k in range(molecule.nbas)]
        atoms = np.repeat([molecule.bas_atom(k) for k in range(molecule.nbas)], contracted)
        momenta = np.repeat([molecule.bas_angular(k) for k in range(molecule.nbas)], contracted)
        keys = list(zip(atoms, momenta, strict=True))
        ranks = np.array([keys[:k].count(key) for k, key in enumerate(keys)])
        return cls(atoms, momenta, ranks, np.repeat(np.arange(len(keys)), 2 * momenta + 1))


def _averages(shells: np.ndarray) -> np.ndarray:
    """(shells, n) weights that average over the functions of each shell."""
    members = (shells == np.arange(shells.max() + 1)[:, None]).astype(float)
    return members / members.sum(axis=1, keepdims=True)


def is_supported(system: MolecularSystem) -> str:
    """ "" if the network can read the system, else the reason."""
    if not system.restricted:
        return "the learned propagator knows closed shells only"
    return ""
