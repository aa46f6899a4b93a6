"""What every correct set of observables obeys, whatever the method: bounds, sum rules, symmetries, conserved sums.

None of these needs a reference. Where the outputs of a subject do not determine a quantity the value is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import tau

import numpy as np

from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

Predict = Callable[[Sequence[SpinSystem], TimeGrid], Sequence[Trajectory]]

NOT_DETERMINED = ("trace", "purity", "hermiticity")

# Central differences of order 8 from t > 0 alone, because M(-t) = conj M(t): odd part Im, even part Re.
_FIRST = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
_SECOND = np.array([8 / 5, -1 / 5, 8 / 315, -1 / 560])
_SECOND_CENTRE = -205 / 72


@dataclass(frozen=True)
class SymmetryRow:
    """One invariant of one system: the largest violation, dimensionless, or None if the outputs do not determine it."""

    invariant: str
    case: str
    value: float | None
    where: str = ""


def _largest(deviation: np.ndarray, grid: TimeGrid) -> tuple[float, str]:
    size = np.abs(np.atleast_1d(deviation))
    size = size.max(axis=0) if size.ndim == 2 else size
    if not np.all(np.isfinite(size)):
        return float("inf"), f"not finite at t = {grid.times_s[int(np.argmin(np.isfinite(size)))]:.4g} s"
    step = int(np.argmax(size))
    return float(size[step]), f"t = {grid.times_s[step]:.4g} s" if size.size == grid.points else ""


def derivatives_at_zero(m: np.ndarray, dt_s: float) -> tuple[complex, complex]:
    """M'(0) and M''(0) in 1/s and 1/s² from the first five samples.

    Central differences of order 8 continued to t < 0 by M(-t) = conj M(t); the error is about (Ω dt)^8/630 of ΩM,
    1e-9 at 250 Hz and 1e-4 s. A real part in M'(0) or an imaginary one in M''(0) is excluded by that symmetry, so the
    value at 0 enters through the second derivative alone.
    """
    real, imag = np.real(m[:5]), np.imag(m[:5])
    first = 2j * np.sum(_FIRST * imag[1:]) / dt_s
    second = (_SECOND_CENTRE * real[0] + 2 * np.sum(_SECOND * real[1:])) / dt_s**2
    return complex(first), complex(second)


def intrinsic(system: SpinSystem, one: Trajectory, case: str) -> list[SymmetryRow]:
    """Bounds, values at t = 0, sum rules and conserved sums of one trajectory."""
    grid, rows = one.grid, []

    def add(invariant: str, deviation: np.ndarray | None) -> None:
        value, where = (None, "") if deviation is None else _largest(deviation, grid)
        rows.append(SymmetryRow(invariant, case, value, where))

    m, i1z = one.m, one.i1z
    add("|M| ≤ 1", np.maximum(np.abs(m) - 1, 0) + 0 * np.real(m))
    add("|I_1z| ≤ 1", None if i1z is None else np.maximum(np.abs(i1z) - 1, 0) + 0 * i1z)
    add("M(0) = 1", m[:1] - 1)
    add("I_1z(0) = 1", None if i1z is None else i1z[:1] - 1)
    offsets = tau * system.offsets_hz
    if len(set(system.isotopes)) == 1 and grid.points >= 5 and np.any(offsets):
        first, second = derivatives_at_zero(m, grid.dt_s)
        square = np.mean(offsets**2)
        add("M'(0) = i<Ω>", np.array([abs(first - 1j * np.mean(offsets)) / np.sqrt(square)]))
        add("M''(0) = -<Ω²>", np.array([abs(second + square) / square]))
    else:
        add("M'(0) = i<Ω>", None)
        add("M''(0) = -<Ω²>", None)
    add("mean of spin signals = M", None if one.spin_signals is None else one.spin_signals.mean(axis=0) - m)
    p = one.spin_polarisations
    if p is None:
        add("Σ<I_kz>", None)
    else:
        isotopes = np.array(system.isotopes)
        sums = np.stack([p[isotopes == isotope].sum(axis=0) for isotope in dict.fromkeys(system.isotopes)])
        add("Σ<I_kz>", sums - (np.arange(len(sums)) == list(dict.fromkeys(system.isotopes)).index(
            system.isotopes[system.tagged_spin]))[:, None])  # fmt: skip
    for quantity in NOT_DETERMINED:
        rows.append(SymmetryRow(quantity, case, None))
    return rows


@dataclass(frozen=True, eq=False)
class Transformation:
    """A change of the system whose effect on the observables is known exactly."""

    name: str
    change: Callable[[SpinSystem], SpinSystem]
    undo: Callable[[np.ndarray, TimeGrid], np.ndarray]
    order: tuple[int, ...] | None = None


def transformations(system: SpinSystem, rng: np.random.Generator, shift_hz: float = 40.0) -> list[Transformation]:
    """Time reversal, sign of all J, frame shift and relabelling, with what they do to M."""
    order = tuple(int(k) for k in rng.permutation(len(system)))
    one_isotope = len(set(system.isotopes)) == 1
    found = [
        Transformation(
            "time reversal",
            lambda s: s.with_(offsets_hz=-s.offsets_hz, couplings_hz=-s.couplings_hz),
            lambda m, grid: np.conj(m),
        ),
        Transformation(
            "frame shift",
            lambda s: s.with_(offsets_hz=s.offsets_hz + shift_hz * np.array([i == s.observed for i in s.isotopes])),
            lambda m, grid: m * np.exp(-1j * tau * shift_hz * grid.times_s),
        ),
        Transformation("relabelling", lambda s: s.relabelled(order), lambda m, grid: m, order),
    ]
    if one_isotope:
        found.append(
            Transformation("sign of all J", lambda s: s.with_(couplings_hz=-s.couplings_hz), lambda m, grid: m)
        )
    return found


def symmetry_rows(
    predict: Predict, systems: Sequence[SpinSystem], grid: TimeGrid, rng: np.random.Generator, shift_hz: float = 40.0
) -> list[SymmetryRow]:
    """Every invariant of every system; each system is asked for as it is and transformed, in one batch per kind."""
    plain = list(predict(systems, grid))
    rows: list[SymmetryRow] = []
    names = [f"{system.name or 'system'} #{k}" for k, system in enumerate(systems)]
    for system, one, name in zip(systems, plain, names, strict=True):
        rows += intrinsic(system, one, name)
    kinds = [transformations(system, rng, shift_hz) for system in systems]
    for number in range(max(len(kind) for kind in kinds)):
        members = [k for k, kind in enumerate(kinds) if number < len(kind)]
        changed = predict([kinds[k][number].change(systems[k]) for k in members], grid)
        for k, other in zip(members, changed, strict=True):
            rows += _compared(kinds[k][number], plain[k], other, names[k], systems[k])
    return rows


def _compared(
    kind: Transformation, plain: Trajectory, other: Trajectory, case: str, system: SpinSystem
) -> list[SymmetryRow]:
    deviations = [kind.undo(other.m, plain.grid) - plain.m]
    if plain.i1z is not None and other.i1z is not None:
        deviations.append(other.i1z - plain.i1z)
    if plain.spin_signals is not None and other.spin_signals is not None:
        expected = plain.spin_signals
        if kind.order is not None:
            place = {k: row for row, k in enumerate(system.observed_spins)}
            expected = expected[[place[k] for k in kind.order if k in place]]
        deviations.append(np.abs(np.stack([kind.undo(s, plain.grid) for s in other.spin_signals]) - expected).max(0))
    value, where = _largest(np.stack([np.abs(d) for d in deviations]), plain.grid)
    return [SymmetryRow(kind.name, case, value, where)]


def worst_rows(rows: Sequence[SymmetryRow]) -> dict[str, SymmetryRow]:
    """The worst case of every invariant; one that no case determines keeps its None."""
    worst: dict[str, SymmetryRow] = {}
    for row in rows:
        known = worst.get(row.invariant)
        if known is None or (row.value is not None and (known.value is None or row.value > known.value)):
            worst[row.invariant] = row
    return worst
