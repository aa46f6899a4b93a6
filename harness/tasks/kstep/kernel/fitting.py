"""Fitting the kernel potential to forces: kernel ridge regression with centres at some of the labels.

Forces of the potential are linear in the weights. With K_lm the force at label l of centre m and K_mm the energy of
the weights in the kernel's norm, the weights minimise |K_lm α - F|² + λ α'K_mm α; where every label is a centre this is
kernel ridge regression. Energies are not fitted: the integrator uses forces, which determine U up to a constant.

Source: S. Chmiela et al. (2017); A. Smola, B. Schölkopf, ICML 2000 (centres at a subset).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from harness.errors import InputError
from harness.tasks.kstep.kernel.descriptor import inverse_distances, jacobian
from harness.tasks.kstep.kernel.labels import Labels
from harness.tasks.kstep.kernel.potential import KernelPotential
from harness.tasks.kstep.kernel.symmetry import pair_orders, symmetries
from harness.tasks.kstep.molecule import Molecule

WIDTH = 8.0
"""σ in 1/nm."""
RIDGE = 1e-8
JITTER = 1e-12
"""Added to the diagonal, relative to its mean: centres that are nearly the same make the matrix singular."""
CENTRES = 120
"""More centres give smaller residuals and slower inner steps."""
AT_ONCE = 16


def fit(
    molecule: Molecule, labels: Labels, centres: int = CENTRES, width: float = WIDTH, ridge: float = RIDGE
) -> KernelPotential:
    """The potential whose forces are nearest to those of the labels.

    Parameters
    ----------
    centres
        The largest number of labels that are centres, selected by farthest-point sampling.
    width
        σ in 1/nm.
    ridge
        λ, relative to the ratio of the traces of K_lm'K_lm and K_mm.

    Raises
    ------
    InputError
        For no labels, or values that are not finite.
    """
    if not len(labels):
        raise InputError(f"{molecule.name}: no labels to fit a kernel potential to; generate some")
    if not (np.isfinite(labels.positions_nm).all() and np.isfinite(labels.forces).all()):
        raise InputError(f"{molecule.name}: a label is not finite; generate them anew")
    descriptors = inverse_distances(labels.positions_nm)
    chosen = farthest_first(descriptors, centres)
    permutations = symmetries(molecule)
    centre = _Centres.of(labels.positions_nm[chosen], pair_orders(permutations), width)
    weights = _solved(labels, descriptors, centre, ridge)
    spread = np.array([slope @ weight for slope, weight in zip(centre.slopes, weights, strict=True)])
    bare = KernelPotential(descriptors[chosen], spread, width, 0.0, molecule.topology, permutations)
    offset = np.mean([e - bare.in_descriptors(d)[0] for e, d in zip(labels.energies, descriptors, strict=True)])
    return replace(bare, offset=float(offset))


def farthest_first(descriptors: np.ndarray, count: int) -> np.ndarray:
    """Indices of ``count`` rows of (L, P), each as far as possible from those before; the first is row 0."""
    chosen = [0]
    nearest = np.linalg.norm(descriptors - descriptors[0], axis=1)
    while len(chosen) < min(count, len(descriptors)):
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, np.linalg.norm(descriptors - descriptors[chosen[-1]], axis=1))
    return np.array(chosen)


def _internal(positions_nm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The Jacobian J in a basis V of internal motions, JV (P, 3N-6), and V (3N, 3N-6): rigid motion is left out."""
    left, values, right = np.linalg.svd(jacobian(positions_nm), full_matrices=False)
    retained = values > 1e-8 * values[0]
    return left[:, retained] * values[retained], right[retained].T


@dataclass(frozen=True, eq=False)
class _Centres:
    """Descriptors (M, P) of the centres, their slopes, M times (P, C), the orders of pairs (Q, P), and the width."""

    at: np.ndarray
    slopes: list[np.ndarray]
    orders: np.ndarray
    width: float

    @classmethod
    def of(cls, positions_nm: np.ndarray, orders: np.ndarray, width: float) -> _Centres:
        slopes = [_internal(x)[0] for x in positions_nm]
        if any(slope.shape != slopes[0].shape for slope in slopes):
            raise InputError("kernel: a label is a linear geometry, where the number of internal motions differs")
        return cls(inverse_distances(positions_nm), slopes, orders, width)

    def block(self, rows: list[np.ndarray], at: np.ndarray) -> np.ndarray:
        """Second derivatives between geometries and all centres, with every permutation of these, (Σ R, M·C)."""
        total = np.zeros((sum(map(len, rows)), len(self.at) * self.slopes[0].shape[1]))
        for order in self.orders:
            columns = np.concatenate([slope[order] for slope in self.slopes], axis=1)
            total += _block(rows, at, self.at[:, order], columns, self.width)
        return total


def _solved(labels: Labels, descriptors: np.ndarray, centres: _Centres, ridge: float) -> np.ndarray:
    """Weights of the centres, (M, 3N-6)."""
    size = centres.slopes[0].shape[1]
    total = len(centres.at) * size
    normal, right = np.zeros((total, total)), np.zeros(total)
    for start in range(0, len(labels), AT_ONCE):
        some = list(range(start, min(start + AT_ONCE, len(labels))))
        motions = [_internal(labels.positions_nm[label]) for label in some]
        pulls = [basis.T @ labels.forces[label].ravel() for label, (_, basis) in zip(some, motions, strict=True)]
        block = -centres.block([slope.T for slope, _ in motions], descriptors[some])
        normal += block.T @ block
        right += block.T @ np.concatenate(pulls)
    penalty = centres.block([slope.T for slope in centres.slopes], centres.at)
    normal += ridge * np.trace(normal) / np.trace(penalty) * penalty
    normal += JITTER * np.trace(normal) / total * np.eye(total)
    return cho_solve(cho_factor(normal), right).reshape(len(centres.at), size)


def _block(
    rows: list[np.ndarray], at: np.ndarray, centres: np.ndarray, columns: np.ndarray, width: float
) -> np.ndarray:
    """Second derivatives of the kernel between the geometries ``at`` and the centres, in the given directions.

    ``rows`` are (R, P) for each geometry, ``columns`` (P, M·C): the result is (Σ R, M·C), with
    exp(-ρ²/2)·(1 - (D - D_m)(D - D_m)'/σ²) between them, ρ = |D - D_m|/σ.
    """
    size = columns.shape[1] // len(centres)
    apart = at[:, None] - centres
    near = np.exp(-0.5 / width**2 * (apart**2).sum(axis=-1))
    far = near / width**2
    along_columns = np.einsum("lmp,pmc->lmc", apart, columns.reshape(len(columns), len(centres), size))
    found = []
    for number, row in enumerate(rows):
        plain = (row @ columns) * np.repeat(near[number], size)
        along = apart[number] @ row.T
        outer = np.einsum("mr,mc,m->rmc", along, along_columns[number], far[number])
        found.append(plain - outer.reshape(len(row), -1))
    return np.concatenate(found)
