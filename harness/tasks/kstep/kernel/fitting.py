"""Fitting the kernel potential to forces: kernel ridge regression with centres at some of the labels.

Forces of the potential are linear in the weights. With K_lm the force at label l of centre m and K_mm the energy of
the weights in the kernel's norm, the weights minimise |K_lm α - F|² + λ α'K_mm α; where every label is a centre this is
kernel ridge regression. Energies are not fitted: forces are what the integrator uses, and they fix U but for a constant.

Source: S. Chmiela et al. (2017); A. Smola, B. Schölkopf, ICML 2000 (centres at a subset).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from harness.errors import InputError
from harness.tasks.kstep.kernel.descriptor import inverse_distances, jacobian
from harness.tasks.kstep.kernel.potential import KernelPotential
from harness.tasks.kstep.molecule import Molecule

WIDTH = 30.0
"""σ in 1/nm."""
RIDGE = 1e-7
AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Labels:
    """Geometries (L, N, 3) in nm, with residual energies (L,) and forces (L, N, 3): quantum minus force field."""

    positions_nm: np.ndarray
    energies: np.ndarray
    forces: np.ndarray

    def __len__(self) -> int:
        return len(self.positions_nm)

    def __getitem__(self, chosen: slice | np.ndarray) -> Labels:
        return Labels(self.positions_nm[chosen], self.energies[chosen], self.forces[chosen])


def fit(
    molecule: Molecule, labels: Labels, centres: int | None = None, width: float = WIDTH, ridge: float = RIDGE
) -> KernelPotential:
    """The potential whose forces are nearest to those of the labels.

    Parameters
    ----------
    centres
        How many labels are centres, spread as far as they can be (farthest first); None is all.
    width
        σ in 1/nm.
    ridge
        λ, relative to the mean diagonal of K_mm.

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
    chosen = np.arange(len(labels)) if centres is None else farthest_first(descriptors, centres)
    slopes = [_internal(x)[0] for x in labels.positions_nm[chosen]]
    weights = _solved(labels, descriptors, chosen, slopes, width, ridge)
    spread = np.array([slope @ weight for slope, weight in zip(slopes, weights, strict=True)])
    bare = KernelPotential(descriptors[chosen], spread, width, 0.0, molecule.topology)
    offset = np.mean([e - bare.in_descriptors(d)[0] for e, d in zip(labels.energies, descriptors, strict=True)])
    return KernelPotential(descriptors[chosen], spread, width, float(offset), molecule.topology)


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
    kept = values > 1e-8 * values[0]
    return left[:, kept] * values[kept], right[kept].T


def _solved(
    labels: Labels, descriptors: np.ndarray, chosen: np.ndarray, slopes: list[np.ndarray], width: float, ridge: float
) -> np.ndarray:
    """Weights of the centres, (M, 3N-6)."""
    size = slopes[0].shape[1]
    if any(slope.shape[1] != size for slope in slopes):
        raise InputError("kernel: a label is a linear geometry, where the number of internal motions differs")
    columns = np.concatenate(slopes, axis=1)
    total = len(chosen) * size
    normal, right = np.zeros((total, total)), np.zeros(total)
    for start in range(0, len(labels), AT_ONCE):
        some = range(start, min(start + AT_ONCE, len(labels)))
        motions = [_internal(labels.positions_nm[label]) for label in some]
        pulls = [basis.T @ labels.forces[label].ravel() for label, (_, basis) in zip(some, motions, strict=True)]
        block = -_block([slope.T for slope, _ in motions], descriptors[list(some)], descriptors[chosen], columns, width)
        normal += block.T @ block
        right += block.T @ np.concatenate(pulls)
    penalty = _block([slope.T for slope in slopes], descriptors[chosen], descriptors[chosen], columns, width)
    penalty += 1e-10 * np.trace(penalty) / total * np.eye(total)
    scale = ridge * np.trace(normal) / np.trace(penalty)
    return cho_solve(cho_factor(normal + scale * penalty), right).reshape(len(chosen), size)


def _block(
    rows: list[np.ndarray], at: np.ndarray, centres: np.ndarray, columns: np.ndarray, width: float
) -> np.ndarray:
    """Second derivatives of the kernel between the geometries ``at`` and the centres, in the given directions.

    ``rows`` are (R, P) for each geometry, ``columns`` (P, M·C): the result is (Σ R, M·C), with
    h(ρ)·1 - (5/σ²) e^(-ρ) (D - D_m)(D - D_m)' between them.
    """
    size = columns.shape[1] // len(centres)
    apart = at[:, None] - centres
    distance = (sqrt(5) / width) * np.linalg.norm(apart, axis=-1)
    decay = np.exp(-distance)
    near, far = (1 + distance) * decay, (5 / width**2) * decay
    along_columns = np.einsum("lmp,pmc->lmc", apart, columns.reshape(len(columns), len(centres), size))
    found = []
    for number, row in enumerate(rows):
        plain = (row @ columns) * np.repeat(near[number], size)
        along = apart[number] @ row.T
        outer = np.einsum("mr,mc,m->rmc", along, along_columns[number], far[number])
        found.append(plain - outer.reshape(len(row), -1))
    return np.concatenate(found)
