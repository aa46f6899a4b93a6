"""Chebyshev expansion of exp(iLt) in the coherence blocks.

With the spectrum of L inside [c - R, c + R] (Gershgorin), x = Rt and T_n the Chebyshev polynomials,

    exp(iLt) = e^{ict} Σ_n (2 - δ_n0) iⁿ J_n(x) T_n((L - c)/R),

so that the whole time dependence is in Bessel functions and the signal on the grid follows from the moments
μ_n = <A0|T_n|A0> alone; μ_2n and μ_2n+1 follow from T_n A0 and T_n+1 A0, which halves the products with L. The sum over
n is evaluated as its Gauss-Chebyshev quadrature, M(t) = Σ_j W_j exp(iRt cos θ_j), which needs no Bessel function. The
order K is the smallest whose neglected tail Σ_{n>K} 2|J_n(x)| is at most a quarter of the tolerance at the horizon: the
expansion and the quadrature each err by at most the tail. So the tolerance bounds M and i1z everywhere on the grid.

With a fixed ``order`` (the customary choice is 50) the state is carried from segment to segment instead, each as many
samples long as that order allows at this tolerance.

Source: H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984); moments: A. Weiße et al., Rev. Mod. Phys. 78, 275
(2006).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.fft import dct
from scipy.special import jv

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, checked_tolerance
from harness.tasks.spins.references.components import Solved, by_components, parts
from harness.tasks.spins.references.density import Evolution, density_operators
from harness.tasks.spins.references.limits import require_fit
from harness.tasks.spins.references.liouville import (
    CoherenceBlock,
    longitudinal_blocks,
    memory_bytes,
    transverse_blocks,
)
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.phases import phases

TABLE_BYTES = 1 << 26
"""Phases of all nodes of the quadrature that are in memory at a time."""
LARGEST_ORDER = 1e7
"""Largest number of products with L: minutes for a pair of spins, and moments that fit into any memory."""


class Chebyshev:
    """Chebyshev propagation; ``tolerance`` bounds the error of M and i1z at every point of the grid.

    Parameters
    ----------
    tolerance
        Between rounding (1e-14) and 1.
    order
        None: one expansion over the whole horizon, its order chosen from the tolerance. A number: that order, repeated.
    """

    name = "chebyshev"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def __init__(self, tolerance: float = 1e-8, order: int | None = None) -> None:
        self.tolerance = checked_tolerance(tolerance, self.name)
        if order is not None and (isinstance(order, bool) or int(order) != order or order < 2):
            raise InputError(f"chebyshev: order = {order!r} must be a whole number of at least 2, or None to choose it")
        self.order = None if order is None else int(order)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; the largest order used is in the provenance."""
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: max(memory_bytes(part, 10) for part in parts(system)))
        orders = [0]

        def total(blocks: Iterator[CoherenceBlock], spins: int) -> tuple[np.ndarray, np.ndarray]:
            # Spin signals are overlaps of norm √n, not autocorrelations of norm 1.
            tolerance = self.tolerance / np.sqrt(spins)
            parts = [self._block(block, grid, tolerance, orders) for block in blocks]
            return np.sum([m for m, _ in parts], axis=0), np.sum([rows for _, rows in parts], axis=0)

        def solve(part: SpinSystem, names: tuple[str, ...]) -> Solved:
            solved: dict[str, np.ndarray] = {}
            if "m" in names or "spin_signals" in names:
                signals = "spin_signals" in names
                m, rows = total(transverse_blocks(part, signals), len(part.observed_spins) if signals else 1)
                solved |= {"m": m, "spin_signals": rows}
            if "i1z" in names or "spin_polarisations" in names:
                i1z, rows = total(longitudinal_blocks(part, "spin_polarisations" in names), 1)
                solved |= {"i1z": np.real(i1z), "spin_polarisations": np.real(rows)}
            return solved

        def provenance() -> Provenance:
            details = {"tolerance": self.tolerance, "largest_order": max(orders)}
            return Provenance(self.name, "numpy", np.__version__, details)

        return by_components(system, grid, wanted, solve, provenance)

    def _block(
        self, block: CoherenceBlock, grid: TimeGrid, tolerance: float, orders: list[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Autocorrelation (T,) and overlaps (W, T) of one block."""
        centre, radius = interval(block)
        if self.order is not None:
            orders.append(self.order)
            return _segments(block, grid, tolerance, self.order)
        order = needed_order(radius * grid.horizon_s, tolerance)
        orders.append(order)
        if block.wanted:
            own = np.ravel(block.start)
            rows = np.array([[own @ t.ravel(), *(block.overlaps @ t.ravel())] for t in polynomials(block, order)]).T
            values = series(rows, centre, radius, grid)
            return values[0], values[1:]
        moments = np.empty(2 * (order // 2) + 2)
        previous: np.ndarray | None = None
        for n, state in enumerate(polynomials(block, order // 2)):
            moments[2 * n] = 2 * np.vdot(state, state) - block.weight
            if previous is not None:
                moments[2 * n - 1] = 2 * np.vdot(state, previous) - moments[1]
            elif order // 2 == 0:
                moments[1] = np.vdot(state, _scaled(block, state, centre, radius))
            if n == 1:
                moments[1] = np.vdot(state, block.start)
            previous = state
        return series(moments[:-1], centre, radius, grid), np.zeros((0, grid.points))

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n) for n = 0 … T-1, see :func:`harness.tasks.spins.systems.hilbert.initial_state`, in operator
        space: every block errs by at most the tolerance times its norm.
        """

        def evolution(block: CoherenceBlock) -> Evolution:
            centre, radius = interval(block)
            order = needed_order(radius * grid.horizon_s, self.tolerance)
            vectors = np.stack(list(polynomials(block, order)))
            weights = series(np.eye(order + 1), centre, radius, grid).conj()
            return lambda t: np.tensordot(weights[:, t], vectors, axes=1)

        return density_operators(system, grid, self.name, evolution)


def interval(block: CoherenceBlock) -> tuple[float, float]:
    """Centre and radius of the spectral interval in rad/s; the radius is widened beyond rounding of the bounds."""
    low, high = block.bounds
    return (low + high) / 2, max((high - low) / 2 * (1 + 1e-12), 1e-9 * (1 + abs(low) + abs(high)))


def _scaled(block: CoherenceBlock, state: np.ndarray, centre: float, radius: float) -> np.ndarray:
    return (block.apply(state) - centre * state) / radius


def polynomials(block: CoherenceBlock, order: int, start: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """T_n((L - c)/R) A0 for n = 0 … order."""
    centre, radius = interval(block)
    state = block.start if start is None else start
    yield state
    previous, state = state, _scaled(block, state, centre, radius) if order else state
    for n in range(1, order + 1):
        yield state
        if n < order:
            previous, state = state, 2 * _scaled(block, state, centre, radius) - previous


def needed_order(x: float, tolerance: float) -> int:
    """Smallest order K, at least 2, whose tail Σ_{n>K} 2|J_n(x)| is at most tolerance/4.

    J_n(x) goes from oscillating to vanishing within some x^(1/3) of n = x, so that only these n are computed.

    Raises
    ------
    InputError
        For an order above :data:`LARGEST_ORDER`.
    """
    if not x <= LARGEST_ORDER:
        raise InputError(
            f"chebyshev: the spectrum and the horizon ask for {x:.3g} products with L, more than {LARGEST_ORDER:g}: "
            "take a shorter horizon, or 'exact'"
        )
    width = (x + 30) ** (1 / 3)
    first, top = max(0, int(x - 10 * width)), int(x + 20 * width + 40)
    tail = 2 * np.cumsum(np.abs(jv(np.arange(first, top + 1), x))[::-1])[::-1]
    small = tail <= tolerance / 4
    return max(2, first + int(np.argmax(small)) - 1 if np.any(small) else top)


def series(moments: np.ndarray, centre: float, radius: float, grid: TimeGrid) -> np.ndarray:
    """Σ_n (2 - δ_n0) iⁿ J_n(Rt) μ_n e^{ict} for moments (..., K+1), by quadrature at K + 1 angles: (..., T)."""
    count = np.shape(moments)[-1]
    angles = np.pi * (np.arange(count) + 0.5) / count
    # Type-3 transform: x_0 + 2 Σ x_n cos(nθ_j), exactly the weight of node j times the number of nodes.
    weights = np.asarray(dct(np.real(moments), 3, axis=-1)) / count
    if np.iscomplexobj(moments):
        weights = weights + 1j * np.asarray(dct(np.imag(moments), 3, axis=-1)) / count
    frequencies = centre + radius * np.cos(angles)
    values = np.empty((*np.shape(moments)[:-1], grid.points), complex)
    stride = max(1, TABLE_BYTES // (16 * count))
    for start in range(0, grid.points, stride):
        piece = grid.prefix(min(stride, grid.points - start))
        values[..., start : start + piece.points] = weights @ phases(frequencies, piece, first=start)
    return values


def _segments(block: CoherenceBlock, grid: TimeGrid, tolerance: float, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Fixed order: the state is carried on in segments of as many samples as the order allows."""
    centre, radius = interval(block)
    steps = max(1, grid.points - 1)

    def too_long(samples: int) -> bool:
        # Each segment may err by its share; shares add up to the tolerance.
        x = radius * samples * grid.dt_s
        return x >= order or needed_order(x, tolerance * samples / steps) > order

    stride = bisect_left(range(1, steps + 1), True, key=too_long)
    if stride == 0:
        needed = needed_order(radius * grid.dt_s, tolerance / steps)
        raise InputError(
            f"chebyshev: order {order} cannot carry one step of dt_s = {grid.dt_s:g} at this tolerance: "
            f"use an order of at least {needed}, or none"
        )
    own = block.start.ravel()
    values = np.empty((1 + block.wanted, grid.points), complex)
    state = block.start.astype(complex)
    for first in range(0, grid.points, stride):
        points = min(stride, grid.points - first)
        powers = list(polynomials(block, order, state))
        rows = np.array([[own @ t.ravel(), *(block.overlaps @ t.ravel())] for t in powers]).T
        values[:, first : first + points] = series(rows, centre, radius, TimeGrid(points, grid.dt_s))
        if first + stride < grid.points:
            after = TimeGrid(2, stride * grid.dt_s)
            weights = series(np.eye(order + 1), centre, radius, after)[:, 1]
            state = np.tensordot(weights, np.stack(powers), axes=1)
    return values[0], values[1:]
