"""The Cramér-Rao bound of parameters in white Gaussian noise."""

from __future__ import annotations

import numpy as np


def fisher(jacobian: np.ndarray, sigma: float) -> np.ndarray:
    """Fisher information (P, P): Re Σ_n ∂M_n* ∂M_n / σ², from dM/dθ (P, T) and σ per real component and sample."""
    return np.real(np.conj(jacobian) @ jacobian.T) / sigma**2


def cramer_rao(jacobian: np.ndarray, sigma: float) -> np.ndarray:
    """(P,) smallest standard deviation of any unbiased estimate of each parameter: √diag(F⁻¹), all others unknown.

    A direction of θ that M does not show at all makes F singular: every parameter with a part in it gets infinity.
    Source: S. M. Kay, Fundamentals of Statistical Signal Processing: Estimation Theory (1993), ch. 3.
    """
    information = fisher(jacobian, sigma)
    scale = np.sqrt(np.diag(information))
    bound = np.full(len(scale), np.inf)
    # Rounding leaves 1e-16 of what the most visible parameter shows.
    seen = scale > 1e-12 * scale.max()
    if not seen.any():
        return bound
    # Scaled to a unit diagonal, so that "singular" does not depend on units.
    values, vectors = np.linalg.eigh(information[np.ix_(seen, seen)] / np.outer(scale[seen], scale[seen]))
    blind = values < 1e-13 * values.max()
    variance = (vectors[:, ~blind] ** 2 / values[~blind]).sum(axis=1)
    touched = (vectors[:, blind] ** 2).sum(axis=1) > 1e-8
    bound[seen] = np.where(touched, np.inf, np.sqrt(variance) / scale[seen])
    return bound
