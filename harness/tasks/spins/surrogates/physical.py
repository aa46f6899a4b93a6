"""Answers that no spin system can have: |M| above 1.

M = Tr(F ρ)/Tr(F ρ0) starts at 1 and is a mean of signals of norm at most 1, so it stays in the unit disc. An answer
outside is projected onto the disc, M → M/|M|. The disc is convex and holds the true value, so the projection never
increases the error. The excess of |M| over 1 is returned, for the domain check to report.
"""

from __future__ import annotations

import numpy as np

EXCESS = 1e-3
"""|M| - 1 from which an answer is flagged: such an excess is an error of at least this size, ten times less than the
error at which an answer is flagged. Below it the projection corrects the excess, which is rounding or a small known
error."""


def onto_disc(m: np.ndarray, signals: np.ndarray | None = None) -> np.ndarray:
    """Project M (B, T), complex, in place; excess max_t |M| - 1 of every system before, (B,), 0 for those inside.

    ``signals`` (B, n, T) of single spins, whose mean is M, are scaled by the same factors.
    """
    square: np.ndarray = np.square(np.real(m)) + np.square(np.imag(m))
    largest = square.max(axis=1)
    outside = np.flatnonzero(largest > 1.0)
    if len(outside):
        factor = 1.0 / np.sqrt(np.maximum(square[outside], 1.0))
        m[outside] *= factor
        if signals is not None:
            signals[outside] *= factor[:, None]
    return np.sqrt(np.maximum(largest, 1.0)) - 1.0
