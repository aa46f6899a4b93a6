"""Fitting the shared correction: ridge regression of the residual forces of all training molecules.

Forces are linear in the weights. Each enters divided by the root of its mass, because the error of RESPA grows with
|F_QM - F_in|²/m: what is left on hydrogen matters most. The penalty of a weight is (noise/prior)² w², where ``prior``
is the typical size of a weight in kJ/mol and ``noise`` that of the force on hydrogen that cannot be fitted.

Prior and reach of the features are those that left least force, in this norm, on the validation molecules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from harness.errors import InputError
from harness.tasks.kstep.kernel.labels import Labels
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.shared.features import exponents, features
from harness.tasks.kstep.shared.potential import Learned, SharedCorrection
from harness.tasks.kstep.shared.terms import FAMILIES, Geometry, Term, terms_of
from harness.tasks.kstep.units import MASSES_DA

PRIOR_KJ_MOL = 0.1
NOISE_KJ_MOL_NM = 50.0
HYDROGEN_DA = MASSES_DA[1]
SMALLEST_DEVIATION = 1e-3

Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Sample:
    """Labels of one molecule: quantum minus force field."""

    molecule: Molecule
    labels: Labels


def fit(samples: Sequence[Sample], prior_kj_mol: float = PRIOR_KJ_MOL) -> SharedCorrection:
    """The correction whose forces are nearest to those of all samples, each molecule with the same weight.

    Raises
    ------
    InputError
        Without samples.
    """
    if not samples:
        raise InputError("shared correction: no molecules to fit it to; name some")
    made = [_Made.of(sample) for sample in samples]
    spreads = _spreads(made)
    columns, total = _columns(spreads)
    normal, right = np.zeros((total, total)), np.zeros(total)
    for one in made:
        places, matrix = one.matrix(spreads, columns)
        scale = np.sqrt(HYDROGEN_DA / np.repeat(one.sample.molecule.masses_da, 3))
        rows = (scale[:, None] * matrix).reshape(-1, len(places))
        normal[np.ix_(places, places)] += rows.T @ rows
        right[places] += rows.T @ (scale * one.sample.labels.forces.reshape(-1, len(scale))).ravel()
    normal[np.diag_indices(total)] += (NOISE_KJ_MOL_NM / prior_kj_mol) ** 2
    weights = cho_solve(cho_factor(normal), right)
    return SharedCorrection({key: Learned(*spreads[key], weights[columns[key]]) for key in spreads})


@dataclass(frozen=True, eq=False)
class _Made:
    """A sample with its terms, its variables (L, P + Q) and their derivatives (L, P + Q, 3N)."""

    sample: Sample
    terms: list[Term]
    values: np.ndarray
    slopes: np.ndarray

    @classmethod
    def of(cls, sample: Sample) -> _Made:
        geometry, terms = terms_of(sample.molecule)
        found = [_full(geometry, x) for x in sample.labels.positions_nm]
        return cls(sample, terms, np.array([v for v, _ in found]), np.array([s for _, s in found]))

    def matrix(
        self, spreads: dict[Key, tuple[np.ndarray, np.ndarray]], columns: dict[Key, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """The columns that the molecule has, and the forces (L, 3N, columns) of unit weights."""
        keys = list(dict.fromkeys((term.family, term.key) for term in self.terms))
        places = np.concatenate([columns[key] for key in keys])
        starts = dict(zip(keys, np.cumsum([0, *(len(columns[key]) for key in keys)]), strict=False))
        matrix = np.zeros((*self.slopes.shape[::2], len(places)))
        for term in self.terms:
            key = (term.family, term.key)
            mean, deviation = spreads[key]
            u = (self.values[:, term.variables] - mean) / deviation
            derivatives = features(u, FAMILIES[term.family][1])[1] / deviation
            here = slice(starts[key], starts[key] + len(columns[key]))
            matrix[..., here] -= np.einsum("lfa,lac->lcf", derivatives, self.slopes[:, term.variables])
        return places, matrix


def _full(geometry: Geometry, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variables (P + Q,) and their derivatives with respect to all coordinates, (P + Q, 3N)."""
    values, by_distance, by_torsion = geometry.variables(x)
    slopes = np.zeros((len(values), *x.shape))
    rows = np.arange(len(geometry.pairs))
    slopes[rows, geometry.pairs[:, 0]] = by_distance
    slopes[rows, geometry.pairs[:, 1]] = -by_distance
    for place, atoms in enumerate(geometry.torsions):
        slopes[len(rows) + place, atoms] = by_torsion[place]
    return values, slopes.reshape(len(values), -1)


def _spreads(made: Sequence[_Made]) -> dict[Key, tuple[np.ndarray, np.ndarray]]:
    """Mean and deviation of the variables of every key over all samples."""
    found: dict[Key, list[np.ndarray]] = defaultdict(list)
    for one in made:
        for term in one.terms:
            found[term.family, term.key].append(one.values[:, term.variables])
    joined = {key: np.concatenate(values) for key, values in found.items()}
    return {key: (v.mean(axis=0), np.maximum(v.std(axis=0), SMALLEST_DEVIATION)) for key, v in joined.items()}


def _columns(keys: dict[Key, tuple[np.ndarray, np.ndarray]]) -> tuple[dict[Key, np.ndarray], int]:
    """The columns of every key, and how many there are."""
    found, total = {}, 0
    for family, key in keys:
        size = len(exponents(*FAMILIES[family]))
        found[family, key] = np.arange(total, total + size)
        total += size
    return found, total
