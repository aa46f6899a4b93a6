"""Traces from random-phase states: one state replaces the sum over a whole basis.

For |r> with components 2^{-N/2} exp(iφ), φ uniform, <r|A|r> has the mean Tr(A)/2^N and, A being a sum of local terms,
a spread of order 2^{-N/2}. With F = Σ I_k+ over the observed spins,

    M(t) = <a(t)|F|b(t)> / <a(0)|F|b(0)>,    a = exp(-iHt) r,   b = exp(-iHt) F† r,

so two states replace the density matrix; dividing by the same state's value at t = 0 makes M(0) = 1 and removes most of
the noise at short times. i1z = 2<e(t)|I_1z|e(t)> from a random-phase state e of the half space with spin 1 up. The
states move by Chebyshev expansion of exp(-iHt), several samples per segment, in the frame of the mean offsets.

Standard error of M (modulus), stated for every point: for B(t) = A(t) - M(t) A(0), A(t) = exp(iHt) F exp(-iHt) F†,

    var M = Σ_{i≠j} |B_ij|² / |Tr A(0)|²  ≤  ‖B r‖² 2^{-N} / <r|A(0)|r>²,

the norm itself taken from the same state (a third one, exp(-iHt) A(0) r, gives the cross term). It includes the
diagonal of B, which does not change with random phases, and so is too large by some per cent. For i1z the
bound is √(2 (1 - i1z²)/2^N). Cost O(2^N), memory a few dozen vectors.

Sources: A. Weiße et al., Rev. Mod. Phys. 78, 275 (2006); T. Iitaka, T. Ebisuzaki, Phys. Rev. E 69, 057701 (2004)
(random phases); H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import jv

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, checked_tolerance
from harness.tasks.spins.references.chebyshev import needed_order
from harness.tasks.spins.references.limits import require_fit, typicality_bytes
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.hilbert import hamiltonian, is_down
from harness.tasks.spins.systems.phases import phases_hz

SEGMENT = 6
"""Samples per segment: more would save products with H and cost memory for the polynomials."""

CHUNK = 1 << 13
"""Rows combined at a time, so that the polynomials of a chunk stay in cache."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A trajectory with the standard errors of M (modulus) and i1z, each (T,) or None if not wanted."""

    trajectory: Trajectory
    m_standard_error: np.ndarray | None
    i1z_standard_error: np.ndarray | None


class Typicality:
    """Random-phase states; the largest standard errors are in the provenance.

    Parameters
    ----------
    states
        Random states averaged; the standard error falls with its root.
    seed
        Of the numpy Generator that draws the phases.
    tolerance
        Of the propagation, far below the standard error.
    """

    name = "typicality"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def __init__(self, states: int = 1, seed: int = 0, tolerance: float = 1e-7) -> None:
        if isinstance(states, bool) or int(states) != states or states < 1:
            raise InputError(f"typicality: states = {states!r} must be a whole number of at least 1")
        self.states, self.seed = int(states), seed
        self.tolerance = checked_tolerance(tolerance, self.name)

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``."""
        return self.estimate(system, grid, observables).trajectory

    def estimate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Estimate:
        """The same with its standard errors.

        Raises
        ------
        InputError
            If the vectors would not fit into memory, before anything is allocated.
        """
        wanted = checked_observables(observables, self.observables, self.name)
        require_fit(self.name, system, grid, lambda: typicality_bytes(system))
        transverse = "m" in wanted or "spin_signals" in wanted
        longitudinal = "i1z" in wanted or "spin_polarisations" in wanted
        rng = np.random.default_rng(self.seed)
        frame = _mean_offsets(system)
        propagator = _Propagator(hamiltonian(system, system.offsets_hz - frame), grid, self.tolerance)
        turn = phases_hz(frame[system.observed_spins[0]], grid)
        runs = [
            _one_state(system, propagator, rng, transverse, longitudinal, "spin_signals" in wanted)
            for _ in range(self.states)
        ]
        mean = {key: np.mean([run[key] for run in runs], axis=0) for key in runs[0]}
        m_error = np.sqrt(mean["m_variance"] / self.states) if transverse else None
        i1z = mean["polarisations"][system.tagged_spin] if longitudinal else None
        i1z_error = None
        if i1z is not None:
            i1z_error = np.sqrt(np.maximum(0, 2 * (1 - i1z**2)) / 2.0 ** len(system) / self.states)
        details: dict[str, float] = {"states": self.states, "seed": self.seed, "order": propagator.order}
        for key, error in (("m_standard_error", m_error), ("i1z_standard_error", i1z_error)):
            if error is not None:
                details[key] = float(np.max(error))
        trajectory = Trajectory.of(
            grid,
            Provenance(self.name, "numpy", np.__version__, details),
            mean["m"] * turn if "m" in wanted else None,
            i1z if "i1z" in wanted else None,
            mean["signals"] * turn if "spin_signals" in wanted else None,
            mean["polarisations"] if "spin_polarisations" in wanted else None,
        )
        return Estimate(trajectory, m_error, i1z_error)


def _mean_offsets(system: SpinSystem) -> np.ndarray:
    """(N,) mean offset in Hz of each spin's isotope: a frame that commutes with H."""
    isotopes = np.array(system.isotopes)
    return np.array([system.offsets_hz[isotopes == isotope].mean() for isotope in system.isotopes])


def _one_state(
    system: SpinSystem,
    propagator: _Propagator,
    rng: np.random.Generator,
    transverse: bool,
    longitudinal: bool,
    singles: bool,
) -> dict[str, np.ndarray]:
    n, observed = len(system), system.observed_spins
    dim, points = 1 << n, propagator.grid.points
    state = np.exp(2j * np.pi * rng.random(dim)) / np.sqrt(dim)
    columns = []
    if transverse:
        lowered = _sum_flips(state, n, observed, lower=True)
        columns += [state, lowered, _sum_flips(lowered, n, observed)]
    if longitudinal:
        columns.append(np.where(is_down(n, system.tagged_spin), 0, state) * np.sqrt(2))
    m, signals = np.empty(points, complex), np.empty((len(observed), points), complex)
    moments, polarisations = np.empty((2, points), complex), np.empty((n, points))
    for t, states in enumerate(propagator.run(np.stack(columns, axis=1))):
        if transverse:
            a, b, c = states[:3]
            raised = _sum_flips(b, n, observed)
            m[t] = np.vdot(a, raised)
            moments[:, t] = np.vdot(raised, raised), np.vdot(c, raised)
            if singles:
                for row, k in enumerate(observed):
                    signals[row, t] = np.vdot(_part(a, n, k, 0), _part(b, n, k, 1))
        if longitudinal:
            weights = np.abs(states[-1]) ** 2
            total = weights.sum()
            for k in range(n):
                polarisations[k, t] = 2 * _part(weights, n, k, 0).sum() - total
    found: dict[str, np.ndarray] = {}
    if transverse:
        start = float(np.real(m[0]))
        m = m / start
        # ‖B r‖² of the module docstring.
        norm2 = moments[0].real + np.abs(m) ** 2 * moments[0, 0].real - 2 * np.real(m.conj() * moments[1])
        found = {"m": m, "m_variance": np.maximum(norm2, 0) / dim / start**2}
        if singles:
            # Each signal starts at 1 by its own noise; the mean of the signals is M within the standard error only.
            found["signals"] = signals / signals[:, :1]
    if longitudinal:
        found["polarisations"] = polarisations
    return found


def _part(vector: np.ndarray, n: int, spin: int, down: int) -> np.ndarray:
    """Components with ``spin`` up (0) or down (1), (2^k, 2^(n-1-k)); a view."""
    return vector.reshape(1 << spin, 2, 1 << (n - 1 - spin))[:, down]


def _sum_flips(vector: np.ndarray, n: int, spins: Sequence[int], lower: bool = False) -> np.ndarray:
    """Σ I_k+ (or Σ I_k-) over ``spins`` applied to a vector."""
    result = np.zeros_like(vector)
    source, target = (0, 1) if lower else (1, 0)
    for k in spins:
        part = _part(result, n, k, target)
        part += _part(vector, n, k, source)
    return result


class _Propagator:
    """exp(-iHt) on a few vectors at once, for every sample of a grid."""

    def __init__(self, h: csr_array, grid: TimeGrid, tolerance: float) -> None:
        diagonal = h.diagonal()
        reach = np.asarray(abs(h).sum(axis=1)).ravel() - np.abs(diagonal)
        low, high = float(np.min(diagonal - reach)), float(np.max(diagonal + reach))
        self.grid, self.h = grid, h
        self.centre, self.radius = (low + high) / 2, max((high - low) / 2 * (1 + 1e-12), 1e-9 * (1 + abs(high)))
        self.stride = min(SEGMENT, max(1, grid.points - 1))
        segments = max(1, -(-(grid.points - 1) // self.stride))
        self.order = needed_order(self.radius * self.stride * grid.dt_s, tolerance / segments)
        # Scaled once, so that the recurrence is one product and one subtraction.
        self.scaled = csr_array((h.data * (2 / self.radius), h.indices, h.indptr), shape=h.shape)

    def run(self, columns: np.ndarray) -> Iterator[list[np.ndarray]]:
        """The vectors (contiguous, one per column) at every sample of the grid."""
        state, points = np.ascontiguousarray(columns), self.grid.points
        yield list(np.ascontiguousarray(state.T))
        for first in range(0, points - 1, self.stride):
            samples = self._segment(state, min(self.stride, points - 1 - first))
            for sample in samples:
                yield list(np.ascontiguousarray(sample.T))
            state = samples[-1]

    def _segment(self, state: np.ndarray, samples: int) -> np.ndarray:
        """The state 1 … ``samples`` steps later, (samples, 2^N, columns)."""
        rows, columns = state.shape
        powers = np.empty((self.order + 1, rows, 2 * columns))
        powers[0] = state.view(np.float64)
        centre = 2 * self.centre / self.radius
        powers[1] = (self.scaled @ powers[0] - centre * powers[0]) / 2
        for n in range(2, self.order + 1):
            np.subtract(self.scaled @ powers[n - 1], powers[n - 2], out=powers[n])
            if centre:
                powers[n] -= centre * powers[n - 1]
        times = np.arange(1, samples + 1) * self.grid.dt_s
        bessel = 2 * jv(np.arange(self.order + 1)[None, :], self.radius * times[:, None])
        bessel[:, 0] /= 2
        # (-i)^n: even orders are real with alternating sign, odd ones imaginary.
        even = bessel[:, 0::2] * (-1.0) ** np.arange(bessel[:, 0::2].shape[1])
        odd = bessel[:, 1::2] * (-1.0) ** np.arange(bessel[:, 1::2].shape[1])
        turn = np.exp(-1j * self.centre * times)[:, None, None]
        result = np.empty((samples, rows, columns), complex)
        for start in range(0, rows, CHUNK):
            part = powers[:, start : start + CHUNK]
            width = part.shape[1]
            real = (even @ part[0::2].reshape(-1, width * 2 * columns)).view(np.complex128)
            imaginary = (odd @ part[1::2].reshape(-1, width * 2 * columns)).view(np.complex128)
            result[:, start : start + CHUNK] = turn * (real - 1j * imaginary).reshape(samples, width, columns)
        return result
