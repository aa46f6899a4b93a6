"""Lanczos in the coherence blocks.

Every observable is an autocorrelation <A0|exp(iLt)|A0> in blocks where L is real and symmetric
(:mod:`harness.tasks.spins.references.liouville`). m Lanczos steps from A0 give a tridiagonal T_m with

    <A0|exp(iLt)|A0> ≈ ‖A0‖² e_1ᵀ exp(iT_m t) e_1        for the whole grid at once,

three vectors in memory and no time steps. With y(t) = e_mᵀ exp(iT_m t) e_1 and β the next off-diagonal element, the
state is wrong by at most E(t) = β∫₀ᵗ|y(s)|ds. The error of the autocorrelation is

    β ∫₀ᵗ y(s) <A0|exp(iL(t-s))|v_{m+1}> ds,    bounded by    β ∫₀ᵗ |y(s)| E(t-s) ds,

v_{m+1} being orthogonal to the space spanned so far; it vanishes like the square of E(t/2). Steps are added until
that is at most the tolerance at the horizon (for spin signals, which are not autocorrelations, until √n·E is). So the
tolerance bounds the error of M and i1z everywhere on the grid, apart from rounding. Without reorthogonalisation Ritz
values repeat, which leaves such sums right.

Sources: bound: Y. Saad, SIAM J. Numer. Anal. 29, 209 (1992); Lanczos without reorthogonalisation: V. Druskin,
L. Knizhnerman, Numer. Linear Algebra Appl. 2, 205 (1995).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.linalg import eigh_tridiagonal

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

MAX_STEPS = 20_000


class Krylov:
    """Adaptive Lanczos; ``tolerance`` bounds the error of M and i1z at every point of the grid.

    Raises
    ------
    InputError
        If ``tolerance`` is below rounding (1e-14) or not below 1.
    """

    name = "krylov"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def __init__(self, tolerance: float = 1e-8) -> None:
        self.tolerance = checked_tolerance(tolerance, self.name)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; the largest Krylov dimension is in the provenance."""
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: max(memory_bytes(part, 8) for part in parts(system)))
        dimensions = [1]

        def solve(part: SpinSystem, names: tuple[str, ...]) -> Solved:
            solved: dict[str, np.ndarray] = {}
            if "m" in names or "spin_signals" in names:
                signals = "spin_signals" in names
                m, rows = self._sum(transverse_blocks(part, signals), grid, dimensions, len(part.observed_spins))
                solved |= {"m": m, "spin_signals": rows}
            if "i1z" in names or "spin_polarisations" in names:
                every = "spin_polarisations" in names
                i1z, rows = self._sum(longitudinal_blocks(part, every), grid, dimensions, 1)
                solved |= {"i1z": np.real(i1z), "spin_polarisations": np.real(rows)}
            return solved

        def provenance() -> Provenance:
            details = {"tolerance": self.tolerance, "largest_dimension": max(dimensions)}
            return Provenance(self.name, "numpy", np.__version__, details)

        return by_components(system, grid, wanted, solve, provenance)

    def _sum(
        self, blocks: Iterator[CoherenceBlock], grid: TimeGrid, dimensions: list[int], spins: int
    ) -> tuple[np.ndarray, np.ndarray]:
        total: np.ndarray | float = 0.0
        rows: np.ndarray | float = 0.0
        for block in blocks:
            auto = block.wanted == 0
            basis = lanczos(block, grid.horizon_s, self.tolerance if auto else self.tolerance / np.sqrt(spins), auto)
            total = total + basis.autocorrelation(grid)
            rows = rows + basis.overlaps(grid)
            dimensions.append(len(basis.diagonal))
        return np.asarray(total), np.asarray(rows)

    def density_operators(self, system: SpinSystem, grid: TimeGrid) -> Iterator[np.ndarray]:
        """ρ(t_n), n = 0 … T-1, see :func:`harness.tasks.spins.systems.hilbert.initial_state`, by Lanczos in
        operator space: every block errs by at most the tolerance times its norm.
        """

        def evolution(block: CoherenceBlock) -> Evolution:
            if not block.start.any():
                return lambda t: block.start.astype(complex)
            basis = lanczos(block, grid.horizon_s, self.tolerance, autocorrelation=False, keep=True)
            coefficients = basis.coefficients(grid).conj()
            vectors = np.stack(basis.vectors)
            return lambda t: np.tensordot(coefficients[:, t], vectors, axes=1)

        return density_operators(system, grid, self.name, evolution)


class LanczosBasis:
    """A tridiagonal T_m, the norm of its start, and what is needed of its basis vectors."""

    def __init__(self, norm: float) -> None:
        self.norm = norm
        self.diagonal: list[float] = []
        self.off_diagonal: list[float] = []
        self.projections: list[np.ndarray] = []
        self.vectors: list[np.ndarray] = []

    def eigen(self) -> tuple[np.ndarray, np.ndarray]:
        """Eigenvalues (m,) in rad/s and eigenvectors (m, m) of T_m."""
        m = len(self.diagonal)
        if m == 1:
            return np.array(self.diagonal), np.ones((1, 1))
        values, vectors = eigh_tridiagonal(self.diagonal, self.off_diagonal[: m - 1])
        return values, vectors

    def error(self, horizon_s: float, autocorrelation: bool) -> float:
        """Bound of the relative error at the horizon, of exp(iLt) A0 in this block or of its autocorrelation."""
        values, vectors = self.eigen()
        if horizon_s == 0:
            return 0.0
        # The envelope of y changes on the scale of the spectral width; sample it finely and take upper sums.
        samples = int(min(20_000, 64 + 2 * horizon_s * np.ptp(values)))
        step = horizon_s / samples
        last = np.abs((vectors[-1] * vectors[0]) @ phases(values, TimeGrid(samples + 1, step)))
        parts = self.off_diagonal[-1] * step * np.maximum(last[1:], last[:-1])
        state = np.cumsum(parts)
        return float(parts @ np.minimum(state, 1)[::-1]) if autocorrelation else float(state[-1])

    def coefficients(self, grid: TimeGrid) -> np.ndarray:
        """exp(iT_m t) e_1 times the norm, (m, T)."""
        values, vectors = self.eigen()
        return self.norm * (vectors @ (vectors[0][:, None] * phases(values, grid)))

    def autocorrelation(self, grid: TimeGrid) -> np.ndarray:
        """<A0|exp(iLt)|A0>, (T,)."""
        values, vectors = self.eigen()
        return self.norm**2 * (vectors[0] ** 2 @ phases(values, grid))

    def overlaps(self, grid: TimeGrid) -> np.ndarray:
        """<O|exp(iLt)|A0> of every overlap operator, (W, T)."""
        if not self.projections or not self.projections[0].size:
            return np.zeros((0, grid.points))
        return np.stack(self.projections, axis=1) @ self.coefficients(grid)


def lanczos(
    block: CoherenceBlock, horizon_s: float, error: float, autocorrelation: bool, keep: bool = False
) -> LanczosBasis:
    """Lanczos from ``block.start`` until the relative error at the horizon is at most ``error``, of the state or of its
    autocorrelation.

    Ends early when the Krylov space is exhausted (the next vector vanishes): the result is then exact. With ``keep``
    the basis vectors are stored.

    Raises
    ------
    InputError
        If 20 000 steps do not suffice: the horizon is too long for this method.
    """
    norm = float(np.linalg.norm(block.start))
    basis = LanczosBasis(norm)
    vector, previous, beta = block.start / norm, np.zeros_like(block.start), 0.0
    next_check, scale = 4, 0.0
    for step in range(1, MAX_STEPS + 1):
        image = block.apply(vector)
        image -= beta * previous
        alpha = float(np.vdot(vector, image))
        image -= alpha * vector
        basis.diagonal.append(alpha)
        basis.projections.append(block.overlaps @ vector.ravel())
        if keep:
            basis.vectors.append(vector)
        beta = float(np.linalg.norm(image))
        basis.off_diagonal.append(beta)
        scale = max(scale, abs(alpha), beta)
        # A vanishing remainder is rounding of the space already spanned; dividing by it would continue with noise.
        # (The number of steps is no sign of exhaustion: without reorthogonalisation convergence may come later.)
        if beta <= 1e-13 * scale:
            return basis
        if step == next_check or beta * horizon_s <= error:
            if basis.error(horizon_s, autocorrelation) <= error:
                return basis
            next_check = step + max(4, step // 8)
        previous, vector = vector, image / beta
    raise InputError(
        f"krylov: {MAX_STEPS} steps do not reach a horizon of {horizon_s:.6g} s at this tolerance: use 'exact', "
        "or a shorter grid"
    )
