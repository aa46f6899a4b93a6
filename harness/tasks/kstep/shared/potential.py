"""The shared correction, and its potential for one molecule.

    U(x) = Σ over terms Σ_f w_f(key) φ_f(u(x)),

with φ the features of the term's variables and w the weights of its key. Keys that no training molecule has
contribute nothing. U is invariant under motions, reflections and permutations of equal atoms, smooth and bounded;
RESPA with it inside is symplectic and reversible whatever the weights are.

The form is that of the class II force fields: J. R. Maple et al., J. Comput. Chem. 15, 162 (1994).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.shared.features import features
from harness.tasks.kstep.shared.terms import FAMILIES, Geometry, Term, terms_of


@dataclass(frozen=True, eq=False)
class Learned:
    """What belongs to one key: mean and deviation of the V variables, (V,) each, and the weights (F,) in kJ/mol."""

    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class SharedCorrection:
    """Learned terms by (family, key): serves any molecule that MMFF94 serves."""

    keys: Mapping[tuple[str, str], Learned]

    def of(self, molecule: Molecule) -> SharedPotential:
        """The potential of a molecule."""
        geometry, terms = terms_of(molecule)
        known = [term for term in terms if (term.family, term.key) in self.keys]
        blocks = [
            _Block.of([term for term in known if term.family == family], self, degree)
            for family, (_, degree) in FAMILIES.items()
            if any(term.family == family for term in known)
        ]
        return SharedPotential(geometry, tuple(blocks))


@dataclass(frozen=True, eq=False)
class _Block:
    """All terms of one family: indices of their variables (T, V), means and deviations (T, V), weights (T, F)."""

    variables: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray
    degree: int

    @classmethod
    def of(cls, terms: list[Term], correction: SharedCorrection, degree: int) -> _Block:
        learned = [correction.keys[term.family, term.key] for term in terms]
        mean, deviation, weights = (
            np.array([getattr(one, name) for one in learned]) for name in ("mean", "deviation", "weights")
        )
        return cls(np.array([term.variables for term in terms]), mean, deviation, weights, degree)


@dataclass(frozen=True, eq=False)
class SharedPotential:
    """The shared correction for the molecule of ``geometry``."""

    geometry: Geometry
    blocks: tuple[_Block, ...]
    name: str = "shared correction"

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        values, by_distance, by_torsion = self.geometry.variables(positions_nm)
        slopes, energy = np.zeros(len(values)), 0.0
        for block in self.blocks:
            u = (values[block.variables] - block.mean) / block.deviation
            height, derivatives = features(u, block.degree)
            energy += float(np.vdot(block.weights, height))
            pulls = np.einsum("tf,tfa->ta", block.weights, derivatives) / block.deviation
            slopes += np.bincount(block.variables.ravel(), pulls.ravel(), len(values))
        return energy, -self._on_atoms(slopes, by_distance, by_torsion, len(positions_nm))

    def _on_atoms(self, slopes: np.ndarray, distance: np.ndarray, torsion: np.ndarray, size: int) -> np.ndarray:
        """Gradient (N, 3) from the derivatives with respect to all variables."""
        pairs, torsions = self.geometry.pairs, self.geometry.torsions
        pulls = slopes[: len(pairs), None] * distance
        twists = (slopes[len(pairs) :, None, None] * torsion).reshape(-1, 3)
        atoms = np.concatenate([pairs[:, 0], pairs[:, 1], torsions.ravel()])
        every = np.concatenate([pulls, -pulls, twists])
        return np.stack([np.bincount(atoms, every[:, axis], size) for axis in range(3)], axis=1)
