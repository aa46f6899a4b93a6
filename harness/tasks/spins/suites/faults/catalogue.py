"""The faults: wrong parameters, wrong outputs, wrong bookkeeping. (Wrong uncertainties and null faults are in
``uncertainties`` and ``identities``.)"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.suites.detection.faults import Fault
from harness.tasks.spins.suites.faults.wrapper import with_arrays, with_m
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid, Trajectory


def _offset(system: SpinSystem, spin: int, shift_hz: float) -> SpinSystem:
    offsets = system.offsets_hz.copy()
    offsets[spin] += shift_hz
    return system.with_(offsets_hz=offsets)


def _couplings(system: SpinSystem, matrix: np.ndarray) -> SpinSystem:
    return system.with_(couplings_hz=matrix)


def _bonds(system: SpinSystem) -> list[tuple[int, int]]:
    """Bonds, the strongest first."""
    found = [(int(i), int(j)) for i, j in np.argwhere(np.triu(system.couplings_hz))]
    return sorted(found, key=lambda bond: -abs(system.couplings_hz[bond]))


def _scaled_bond(system: SpinSystem, place: int, factor: float) -> SpinSystem:
    bonds = _bonds(system)
    if not bonds:
        return system
    matrix = system.couplings_hz.copy()
    i, j = bonds[place]
    matrix[i, j] = matrix[j, i] = factor * matrix[i, j]
    return _couplings(system, matrix)


def _extra_bond(system: SpinSystem, coupling_hz: float) -> SpinSystem:
    empty = np.argwhere(np.triu(system.couplings_hz == 0, 1))
    if not len(empty):
        return system
    matrix = system.couplings_hz.copy()
    i, j = empty[0]
    matrix[i, j] = matrix[j, i] = coupling_hz
    return _couplings(system, matrix)


def _swapped_offsets(system: SpinSystem) -> SpinSystem:
    order = [1, 0, *range(2, len(system))] if len(system) > 1 else [0]
    return system.with_(offsets_hz=system.offsets_hz[order])


def _clipped(system: SpinSystem, low_hz: float, high_hz: float) -> SpinSystem:
    j = system.couplings_hz
    return _couplings(system, np.where(j != 0, np.sign(j) * np.clip(np.abs(j), low_hz, high_hz), 0.0))


def _opened(system: SpinSystem) -> SpinSystem:
    """The system with only the bonds between k and k+1: every system is treated as a chain."""
    n = len(system)
    near = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) == 1
    return _couplings(system, system.couplings_hz * near)


def _retagged(system: SpinSystem) -> SpinSystem:
    return system.with_(tagged_spin=(system.tagged_spin + 1) % len(system))


PARAMETERS = (
    Fault("all J off", "every J times 1 + size", 0.01, "1", lambda s, x: _couplings(s, s.couplings_hz * (1 + x))),
    Fault("J too large", "every J times 1 + size", 0.2, "1", lambda s, x: _couplings(s, s.couplings_hz * (1 + x))),
    Fault("one offset off", "offset of the first spin + size", 0.1, "Hz", lambda s, x: _offset(s, 0, x)),
    Fault("last offset off", "offset of the last spin + size", 1.0, "Hz", lambda s, x: _offset(s, -1, x)),
    Fault("carrier off", "every offset + size", 0.1, "Hz", lambda s, x: s.with_(offsets_hz=s.offsets_hz + x)),
    Fault("field 9.4 for 14.1", "every offset times 1 - size", 1 / 3, "1",
          lambda s, x: s.with_(offsets_hz=s.offsets_hz * (1 - x))),
    Fault("offsets in ppm of another carrier", "every offset + size", 6.0, "Hz",
          lambda s, x: s.with_(offsets_hz=s.offsets_hz + x)),
    Fault("one coupling dropped", "the strongest bond times 1 - size", 1.0, "1",
          lambda s, x: _scaled_bond(s, 0, 1 - x)),
    Fault("weakest coupling dropped", "the weakest bond times 1 - size", 1.0, "1",
          lambda s, x: _scaled_bond(s, -1, 1 - x)),
    Fault("all couplings dropped", "every J times 1 - size", 1.0, "1",
          lambda s, x: _couplings(s, s.couplings_hz * (1 - x))),
    Fault("a bond too many", "one bond of this size added", 1.0, "Hz", _extra_bond),
    Fault("J counted twice", "every J times 1 + size", 1.0, "1", lambda s, x: _couplings(s, s.couplings_hz * (1 + x))),
    Fault("J in rad/s", "every J divided by 2π", None, "", lambda s, x: _couplings(s, s.couplings_hz / (2 * np.pi))),
    Fault("two offsets swapped", "offsets of the first two spins exchanged", None, "",
          lambda s, x: _swapped_offsets(s)),
    Fault("offsets rounded", "offsets rounded to multiples of size", 1.0, "Hz",
          lambda s, x: s.with_(offsets_hz=np.round(s.offsets_hz / x) * x)),
    Fault("couplings rounded", "couplings rounded to multiples of size", 1.0, "Hz",
          lambda s, x: _couplings(s, np.round(s.couplings_hz / x) * x)),
    Fault("signs of offsets", "every offset negated", None, "", lambda s, x: s.with_(offsets_hz=-s.offsets_hz)),
    Fault("J clipped", "J cut to 5-20 Hz without a word", None, "", lambda s, x: _clipped(s, 5.0, 20.0)),
    Fault("offsets clipped", "offsets cut to ±250 Hz without a word", None, "",
          lambda s, x: s.with_(offsets_hz=np.clip(s.offsets_hz, -250, 250))),
    Fault("spins beyond the eighth ignored", "the system cut to its first 8 spins", None, "",
          lambda s, x: s.subsystem(range(min(8, len(s))))),
    Fault("taken for a chain", "bonds other than k, k+1 left out", None, "", lambda s, x: _opened(s)),
    Fault("I_1z of another spin", "the spin after the tagged one is followed", None, "", lambda s, x: _retagged(s)),
)  # fmt: skip


def _shifted(one: Trajectory) -> Trajectory:
    def late(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values[..., 1:], values[..., -1:]], axis=-1)

    return with_arrays(
        with_m(one, late(one.m)), i1z=None if one.i1z is None else late(one.i1z), spin_polarisations=None
    )


def _all(one: Trajectory, change) -> Trajectory:
    """The same change of M and I_1z."""
    return with_arrays(with_m(one, change(one.m)), i1z=None if one.i1z is None else np.real(change(one.i1z)))


def _half_precision(one: Trajectory) -> Trajectory:
    def half(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values.astype(np.float16).astype(float)

    return with_arrays(one, mx=half(one.mx), my=half(one.my), i1z=half(one.i1z), spin_signals=None)


def _noisy(one: Trajectory, s: SpinSystem, x: float, rng: np.random.Generator) -> Trajectory:
    noise = rng.normal(scale=x, size=(3, one.grid.points))
    m = one.m + noise[0] + 1j * noise[1]
    return with_arrays(with_m(one, m), i1z=None if one.i1z is None else one.i1z + noise[2])


def _wrapped(m: np.ndarray, share: float) -> np.ndarray:
    """M whose end approaches its beginning, as in a model that is periodic in time."""
    width = max(2, int(share * len(m)))
    blend = np.zeros(len(m))
    blend[-width:] = np.linspace(0, 1, width) ** 2
    return m * (1 - blend) + m[0] * blend


def _frozen_beyond(one: Trajectory) -> Trajectory:
    last = STANDARD_GRID.points - 1
    keep = np.minimum(np.arange(one.grid.points), last)
    return with_arrays(with_m(one, one.m[keep]), i1z=None if one.i1z is None else one.i1z[keep],
                       spin_polarisations=None)  # fmt: skip


OUTPUTS = (
    Fault("conjugate", "the sign of My", None, "", output=lambda t, s, x, r: with_m(t, np.conj(t.m))),
    Fault("Mx and My exchanged", "Mx is called My", None, "",
          output=lambda t, s, x, r: with_m(t, 1j * np.conj(t.m))),
    Fault("one step late", "the first sample is that of t = dt", None, "", output=lambda t, s, x, r: _shifted(t)),
    Fault("noise", "white noise of this standard deviation on every output", 1e-3, "1", output=_noisy),
    Fault("amplitude", "outputs times 1 + size", 0.01, "1",
          output=lambda t, s, x, r: _all(t, lambda v: v * (1 + x))),
    Fault("drift", "outputs + size · t/T", 0.01, "1",
          output=lambda t, s, x, r: _all(t, lambda v: v + x * t.grid.times_s / t.grid.horizon_s)),
    Fault("constant offset", "outputs + size", 1e-2, "1", output=lambda t, s, x, r: _all(t, lambda v: v + x)),
    Fault("decay", "outputs times exp(-size · t)", 1.0, "1/s",
          output=lambda t, s, x, r: _all(t, lambda v: v * np.exp(-x * t.grid.times_s))),
    Fault("receiver phase", "M times exp(i · size)", 0.0175, "rad",
          output=lambda t, s, x, r: with_m(t, t.m * np.exp(1j * x))),
    Fault("unnormalised", "M times the number of spins", None, "",
          output=lambda t, s, x, r: with_m(t, t.m * len(s))),
    Fault("periodic end", "the last part (size of the window) bends back to the start", 0.05, "1",
          output=lambda t, s, x, r: with_m(t, _wrapped(t.m, x))),
    Fault("half precision", "outputs rounded to float16", None, "",
          output=lambda t, s, x, r: _half_precision(t)),
    Fault("I_1z frozen", "I_1z = 1 at all times", None, "",
          output=lambda t, s, x, r: with_arrays(t, i1z=np.ones(t.grid.points), spin_polarisations=None)),
    Fault("I_1z negated", "the sign of I_1z", None, "",
          output=lambda t, s, x, r: with_arrays(t, i1z=None if t.i1z is None else -t.i1z)),
    Fault("spin signals in reverse order", "M is right, the signals of single spins are not in system order", None, "",
          output=lambda t, s, x, r: with_arrays(
              t, spin_signals=None if t.spin_signals is None else t.spin_signals[::-1])),
    Fault("polarisation leaks", "polarisations of single spins times 1 - size · t/T", 0.01, "1",
          output=lambda t, s, x, r: with_arrays(
              t, spin_polarisations=None if t.spin_polarisations is None
              else t.spin_polarisations * (1 - x * t.grid.times_s / t.grid.horizon_s))),
    Fault("frozen beyond the horizon", "after 30 ms the last value is repeated", None, "",
          output=lambda t, s, x, r: _frozen_beyond(t)),
    Fault("dt off", "the time step times 1 + size", 1e-3, "1",
          grid=lambda g, x: TimeGrid(g.points, g.dt_s * (1 + x))),
)  # fmt: skip


def _nan_in_one(mean: list[Trajectory], systems: Sequence[SpinSystem], x: float) -> list[Trajectory]:
    k = len(mean) // 2
    broken = mean[k].m.copy()
    broken[-1] = np.nan
    return [*mean[:k], with_m(mean[k], broken), *mean[k + 1 :]]


def _by_name(mean: list[Trajectory], systems: Sequence[SpinSystem], x: float) -> list[Trajectory]:
    """The first answer for a name is returned for every system with that name, as a cache with a wrong key does."""
    first: dict[tuple[str, int], Trajectory] = {}
    return [first.setdefault((s.name, len(s)), one) for one, s in zip(mean, systems, strict=True)]


def _one_wrong(mean: list[Trajectory], systems: Sequence[SpinSystem], x: float) -> list[Trajectory]:
    """The last of every 1/``x`` cases gets the answer of the case before it (same grid)."""
    step = max(2, round(1 / x)) if x > 0 else len(mean) + 1
    return [mean[k - 1] if (k + 1) % step == 0 and k else one for k, one in enumerate(mean)]


BOOKKEEPING = (
    Fault("NaN in one case", "one sample of one case is NaN", batch=_nan_in_one),
    Fault("results in the wrong order", "the batch comes back reversed", batch=lambda m, s, x: m[::-1]),
    Fault("results rotated by one", "every answer is the neighbour's", batch=lambda m, s, x: [*m[1:], m[0]]),
    Fault("stale cache entry", "a cache keyed by name and size: later systems get the first one's answer",
          batch=_by_name),
    Fault("some cases wrong", "this share of the batch gets a neighbour's answer", 0.1, "1", batch=_one_wrong),
    Fault("one result too few", "the last answer of a batch is missing", batch=lambda m, s, x: m[:-1]),
)  # fmt: skip
