"""Laws that all correct observables of spins obey: bounds, sum rules, symmetries, conserved sums.

All laws take M and the other observables from ``arrays`` of an answer, and return None if it does not have them.
"""

from __future__ import annotations

from collections.abc import Callable
from math import tau
from typing import Any

import numpy as np

from harness.suites.conservation.laws import AnyLaw, Changed, OfAnswer, OfModel, Symmetry
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

NOT_DETERMINED = ("trace", "purity", "hermiticity")
DENSITY = "needs the density operator; a subject gives observables"
SIGNALS = "{subject} gives no signals of single spins"
POLARISATIONS = "{subject} gives no polarisations of single spins"
ENERGY = "{subject} gives no energy"
SHIFT_HZ = 40.0
"""The shift of the rotating frame."""

# Central differences of order 8 from t > 0 only, because M(-t) = conj M(t): odd part Im, even part Re.
_FIRST = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
_SECOND = np.array([8 / 5, -1 / 5, 8 / 315, -1 / 560])
_SECOND_CENTRE = -205 / 72


def derivatives_at_zero(m: np.ndarray, dt_s: float) -> tuple[complex, complex]:
    """M'(0) and M''(0) in 1/s and 1/s² from the first five samples.

    Central differences of order 8 continued to t < 0 by M(-t) = conj M(t); the error is about (Ω dt)^8/630 of ΩM,
    1e-9 at 250 Hz and 1e-4 s. A real part in M'(0) or an imaginary one in M''(0) is excluded by that symmetry, so the
    value at 0 is used only in the second derivative.
    """
    real, imag = np.real(m[:5]), np.imag(m[:5])
    first = 2j * np.sum(_FIRST * imag[1:]) / dt_s
    second = (_SECOND_CENTRE * real[0] + 2 * np.sum(_SECOND * real[1:])) / dt_s**2
    return complex(first), complex(second)


def _beyond_one(name: str) -> Callable[[Trajectory, SpinSystem], np.ndarray | None]:
    """The amount by which |signal| exceeds 1; values that are not finite remain so."""

    def deviation(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
        signal = one.arrays.get(name)
        return None if signal is None else np.maximum(np.abs(signal) - 1, 0) + 0 * np.real(signal)

    return deviation


def _start(name: str) -> Callable[[Trajectory, SpinSystem], np.ndarray | None]:
    """signal(0) - 1."""

    def deviation(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
        signal = one.arrays.get(name)
        return None if signal is None else signal[:1] - 1

    return deviation


def _derivatives(one: Trajectory, system: SpinSystem) -> tuple[complex, complex, np.ndarray] | None:
    """M'(0), M''(0) and the angular offsets; None unless there is one isotope, an offset, and M has enough samples."""
    m, offsets = one.arrays.get("m"), tau * system.offsets_hz
    if m is None or len(set(system.isotopes)) > 1 or one.grid.points < 5 or not np.any(offsets):
        return None
    return *derivatives_at_zero(m, one.grid.dt_s), offsets


def _slope(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
    found = _derivatives(one, system)
    if found is None:
        return None
    first, _, offsets = found
    return np.array([abs(first - 1j * np.mean(offsets)) / np.sqrt(np.mean(offsets**2))])


def _curvature(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
    found = _derivatives(one, system)
    if found is None:
        return None
    _, second, offsets = found
    square = np.mean(offsets**2)
    return np.array([abs(second + square) / square])


def _mean_of_signals(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
    signals, m = one.arrays.get("spin_signals"), one.arrays.get("m")
    return None if signals is None or m is None else signals.mean(axis=0) - m


def _total_polarisation(one: Trajectory, system: SpinSystem) -> np.ndarray | None:
    """Σ<I_kz> of every isotope, minus 1 for the isotope of the tagged spin, shape (isotopes, T)."""
    p = one.arrays.get("spin_polarisations")
    if p is None:
        return None
    isotopes, kinds = np.array(system.isotopes), list(dict.fromkeys(system.isotopes))
    sums = np.stack([p[isotopes == isotope].sum(axis=0) for isotope in kinds])
    tagged = kinds.index(system.isotopes[system.tagged_spin])
    return sums - (np.arange(len(sums)) == tagged)[:, None]


def _energy(model: Any, system: SpinSystem, grid: TimeGrid) -> np.ndarray | None:
    """<H>(t) - <H>(0) over √(Tr H² · Tr I1z²), from ρ0 = I1z."""
    energy = getattr(model, "energy", None)
    if energy is None:
        return None
    values = np.asarray(energy(system, grid))
    return np.abs(values - values[0])


Undo = Callable[[np.ndarray, TimeGrid], np.ndarray]


def _changed(system: SpinSystem, undo: Undo, rows: list[int] | None = None) -> Changed:
    """A changed system; ``undo`` reverses the change of M, ``rows`` are the original indices of its spin signals."""

    def deviation(plain: Trajectory, other: Trajectory) -> np.ndarray | None:
        mine, theirs = plain.arrays, other.arrays
        if "m" not in mine or "m" not in theirs:
            return None
        found = [np.abs(undo(theirs["m"], plain.grid) - mine["m"])]
        if "i1z" in mine and "i1z" in theirs:
            found.append(np.abs(theirs["i1z"] - mine["i1z"]))
        if "spin_signals" in mine and "spin_signals" in theirs:
            expected = mine["spin_signals"] if rows is None else mine["spin_signals"][rows]
            undone = np.stack([undo(signal, plain.grid) for signal in theirs["spin_signals"]])
            found.append(np.abs(undone - expected).max(axis=0))
        return np.stack(found)

    return Changed(system, deviation)


def _same(m: np.ndarray, grid: TimeGrid) -> np.ndarray:
    return m


def _reversed(system: SpinSystem, rng: np.random.Generator) -> Changed:
    changed = system.with_(offsets_hz=-system.offsets_hz, couplings_hz=-system.couplings_hz)
    return _changed(changed, lambda m, grid: np.conj(m))


def _shifted(system: SpinSystem, rng: np.random.Generator) -> Changed:
    observed = np.array([isotope == system.observed for isotope in system.isotopes])
    changed = system.with_(offsets_hz=system.offsets_hz + SHIFT_HZ * observed)
    return _changed(changed, lambda m, grid: m * np.exp(-1j * tau * SHIFT_HZ * grid.times_s))


def _relabelled(system: SpinSystem, rng: np.random.Generator) -> Changed:
    order = tuple(int(k) for k in rng.permutation(len(system)))
    place = {k: row for row, k in enumerate(system.observed_spins)}
    return _changed(system.relabelled(order), _same, [place[k] for k in order if k in place])


def _negated(system: SpinSystem, rng: np.random.Generator) -> Changed | None:
    """The system with J of opposite sign between spins of one isotope: this sign is not observable."""
    if len(set(system.isotopes)) > 1:
        return None
    return _changed(system.with_(couplings_hz=-system.couplings_hz), _same)


M, I1Z = ("m",), ("i1z",)
LAWS: tuple[AnyLaw, ...] = (
    OfAnswer("|M| ≤ 1", "bound", _beyond_one("m"), M),
    OfAnswer("|I_1z| ≤ 1", "bound", _beyond_one("i1z"), I1Z),
    OfAnswer("M(0) = 1", "start", _start("m"), M),
    OfAnswer("I_1z(0) = 1", "start", _start("i1z"), I1Z),
    OfAnswer("M'(0) = i<Ω>", "slope", _slope, M),
    OfAnswer("M''(0) = -<Ω²>", "curvature", _curvature, M),
    OfAnswer("mean of spin signals = M", "sum_of_signals", _mean_of_signals, (*M, "spin_signals"), SIGNALS),
    OfAnswer("Σ<I_kz>", "total_polarisation", _total_polarisation, ("spin_polarisations",), POLARISATIONS),
    *(OfAnswer(name, "", lambda one, system: None, ("density_operator",), DENSITY) for name in NOT_DETERMINED),
    Symmetry("time reversal", "reversal", _reversed, M),
    Symmetry("frame shift", "frame", _shifted, M),
    Symmetry("relabelling", "relabelling", _relabelled, M),
    Symmetry("sign of all J", "sign", _negated, M),
    OfModel("<H>", "energy", _energy, ("energy",), ENERGY),
)
SYMBOLS = {
    "Σ<I_kz>": r"$\Sigma_k\langle I_{kz}\rangle$",
    "I_1z": r"$I_{1z}$",
    "M''(0) = -<Ω²>": r"$M''(0) = -\langle\Omega^2\rangle$",
    "M'(0) = i<Ω>": r"$M'(0) = i\langle\Omega\rangle$",
    "<H>": r"$\langle H\rangle$",
    "|M|": "|$M$|",
    "M(0)": "$M$(0)",
    "= M": "= $M$",
}
"""Plain text in the names of laws → the notation of printed text."""
