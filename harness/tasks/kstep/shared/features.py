"""Monomials under a Gaussian, with derivatives: the features of all terms.

With u = (s - mean)/deviation of the variables s of a term over the training data of its key, a feature is

    φ(u) = Π_a u_a^n_a · exp(-|u|²/(2 c²)),  c = 2,

a monomial near the mean, and nothing many deviations from it: a term that is unlike those of the training data leaves
the force field as it is.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

REACH = 2.0
"""c, in deviations."""


@cache
def exponents(variables: int, degree: int) -> np.ndarray:
    """All exponents (F, variables) of total degree 1 to ``degree``."""
    every = product(range(degree + 1), repeat=variables)
    return np.array([powers for powers in every if 1 <= sum(powers) <= degree])


def features(u: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Values (…, F) and derivatives (…, F, V) of all features of variables (…, V)."""
    powers = exponents(u.shape[-1], degree)
    table = np.stack([u**n for n in range(degree + 1)], axis=-1)
    factors = np.stack([table[..., a, powers[:, a]] for a in range(u.shape[-1])], axis=-1)
    values = np.prod(factors, axis=-1)
    slopes = values[..., None] * (-u / REACH**2)[..., None, :]
    for a in range(u.shape[-1]):
        n = powers[:, a]
        rest = np.prod(np.delete(factors, a, axis=-1), axis=-1)
        slopes[..., a] += n * table[..., a, np.maximum(n - 1, 0)] * rest
    window = np.exp(-0.5 / REACH**2 * (u**2).sum(axis=-1))
    return values * window[..., None], slopes * window[..., None, None]
