"""Products of Legendre polynomials of several labels."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np


@lru_cache(maxsize=32)
def powers(labels: int, degree: int) -> np.ndarray:
    """(C, V) degrees of the factors of every product, total at most ``degree``."""
    return np.array([one for one in product(range(degree + 1), repeat=labels) if sum(one) <= degree])


def basis(labels: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """(n, C) the products at labels (n, V) in 0 … 1, which are moved to −1 … 1."""
    factors = [np.polynomial.legendre.legvander(2.0 * column - 1.0, int(degrees.max())) for column in labels.T]
    columns = [factor[:, degrees[:, k]] for k, factor in enumerate(factors)]
    return np.prod(columns, axis=0)
