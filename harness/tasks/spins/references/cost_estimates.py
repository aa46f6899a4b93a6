"""Times of the exact methods without running them: operation counts times constants of one core.

The constants were measured on a server core of the 2020s; they are rough estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, pi, tau

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references import exact
from harness.tasks.spins.references.chebyshev import needed_order
from harness.tasks.spins.references.composite import block_sizes
from harness.tasks.spins.references.limits import bytes_of
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.equivalence import equivalent_groups

EIGEN_S = 4e-10
"""Seconds per d³: eigenvectors and three products of a real symmetric block."""
SUM_S = 5e-10
"""Seconds per transition and sample of the double sum."""
LINE_S = 2e-7
"""Seconds per line: its frequency, its intensity, and its share of a non-uniform FFT."""
POINT_S = 3e-7
"""Seconds per point of the grid of that FFT."""
LIOUVILLE_S = 4e-9
"""Seconds per element of a coherence block, per coupling or offset, per product with L."""
STATE_S = 1.8e-8
"""Seconds per component of the four random states, per coupling or offset, per product with H."""
DENSE_S = 4e-10
"""Seconds per element of a dense complex product, (2^N)³ of them."""


def seconds_or_infinity(estimate: Callable[[], float]) -> float:
    """An estimate of time; infinity where the method would raise an error, or numbers overflow."""
    try:
        return bytes_of(estimate)
    except InputError:
        return inf


def exact_s(system: SpinSystem, grid: TimeGrid) -> float:
    """Seconds of exact for M of one connected system: every block of composite spins is diagonalised, then the lines
    are added up by a non-uniform FFT, or, of few points of a small system, one by one."""
    groups = equivalent_groups(system)
    few = len(system) <= exact.SMALL and grid.points <= exact.FEW_POINTS
    sizes = list(block_sizes(system, [(k,) for k in range(len(system))] if few else groups))
    cubes = sum(float(np.sum(one**3)) for one in sizes)
    lines = sum(float(np.sum(one**2)) for one in sizes)
    adding = SUM_S * 2 * lines * grid.points if few else LINE_S * lines + POINT_S * grid.points
    return EIGEN_S * cubes + adding


def products_s(parts: Sequence[SpinSystem], grid: TimeGrid, tolerance: float) -> float:
    """Seconds of a Chebyshev expansion in coherence blocks over the horizon, part by part."""
    return sum(LIOUVILLE_S * _elements(part) * _terms(part) * _order(part, grid, tolerance) / 2 for part in parts)


def states_s(system: SpinSystem, grid: TimeGrid) -> float:
    """Seconds of the propagation of random states, six points at a time."""
    terms = needed_order(_radius(system) / 2 * 6 * grid.dt_s, 1e-8)
    return STATE_S * 2.0 ** len(system) * (_terms(system) / 2) * terms * grid.points / 6


def dense_s(spins: int, grid: TimeGrid) -> float:
    """Seconds of two dense products per point."""
    return 2 * DENSE_S * 8.0**spins * grid.points


def _elements(part: SpinSystem) -> float:
    return 4.0 ** len(part) / np.sqrt(pi * max(1, len(part)))


def _terms(part: SpinSystem) -> int:
    return 2 + int(np.count_nonzero(np.triu(part.couplings_hz)))


def _order(part: SpinSystem, grid: TimeGrid, tolerance: float) -> int:
    return needed_order(_radius(part) * grid.horizon_s, tolerance)


def _radius(system: SpinSystem) -> float:
    """Half the spectral width of L in rad/s, about: offsets from their mean, and couplings."""
    offsets = np.abs(system.offsets_hz - system.offsets_hz.mean()).sum()
    return tau * (offsets + 1.5 * np.abs(np.triu(system.couplings_hz)).sum()) / 1.4
