"""Correct subjects to which faults are added: the exact answer, with or without a correct uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from harness.subjects import NamedSubject
from harness.suites.asking import Truths
from harness.suites.detection.faults import Fault, Faulty
from harness.surrogates import Band, DomainCheck
from harness.tasks.spins.suites.populations import TRAINED_COUPLINGS_HZ, TRAINED_OFFSET_HZ, chains
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import STANDARD_GRID, Provenance, SpinSystem, TimeGrid, Trajectory


class ExactSurrogate:
    """Exact trajectories with the interface of a surrogate: no error, no uncertainty, a domain check of the trained
    ranges.

    ``truths`` stores computed trajectories, so that many faults of one model cost little time.
    """

    name = "exact surrogate"

    def __init__(self, truths: Truths) -> None:
        self.truths = truths
        self.observables = truths.observables

    def predict(self, systems: Sequence[SpinSystem], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        """Exact means; without standard deviations or bands."""
        return Prediction(tuple(self.truths(systems, grid)), tuple(in_ranges(s, grid) for s in systems))


class HonestSurrogate(ExactSurrogate):
    """Exact plus an error of a known distribution, which the subject states: it is calibrated by construction.

    M(t) → M(t)·(1 + σ ξ (t/T)⁴), likewise I1z, with T the standard horizon: the factor preserves every symmetry, bound
    in slope and sum rule up to its size. ξ is standard normal over systems (a hash of |M| at half of the time, so that
    it is the same for a relabelled, shifted or reversed system), σ = ``size``·(mean J/12.5 Hz)² is larger outside the
    trained range. The stated std is σ (t/T)⁴·|M|; the bands are split-conformal on ``calibration`` separate systems.
    """

    name = "honest surrogate"

    def __init__(self, truths: Truths, size: float = 5e-4, calibration: int = 400, seed: int = 7001) -> None:
        super().__init__(truths)
        self.size, self.calibration, self.seed = size, calibration, seed

    def predict(self, systems: Sequence[SpinSystem], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        """Means with the stated error; standard deviations and bands if they are requested."""
        exact = self.truths(systems, grid)
        widths = [self.size * _strength(system) * _ramp(grid) for system in systems]
        mean = tuple(_scaled(one, 1 + _normal(one) * width) for one, width in zip(exact, widths, strict=True))
        checks = tuple(in_ranges(system, grid) for system in systems)
        std = bands = None
        if uncertainty == "mc":
            std = tuple(_magnitudes(one, width) for one, width in zip(exact, widths, strict=True))
        if uncertainty == "conformal":
            bands = tuple(self.bands(len(system), grid) for system in systems)
        return Prediction(mean, checks, std, bands)

    def bands(self, spins: int, grid: TimeGrid) -> tuple[Band, ...]:
        """Split-conformal bands for chains of this size."""
        return self._calibrations.setdefault(spins, self._calibrate(spins)).bands(grid)

    @cached_property
    def _calibrations(self) -> dict[int, Any]:
        return {}

    def _calibrate(self, spins: int) -> Any:
        from harness.surrogates.conformal import calibrate

        if spins in self._calibrations:
            return self._calibrations[spins]
        systems = chains(spins).draw(self.calibration, self.seed)
        exact = self.truths(systems, STANDARD_GRID)
        mean = HonestSurrogate.predict(self, systems, STANDARD_GRID).mean
        errors = {
            "m": np.stack([np.abs(a.m - b.m) for a, b in zip(mean, exact, strict=True)]),
            "i1z": np.stack([np.abs(np.asarray(a.i1z) - b.i1z) for a, b in zip(mean, exact, strict=True)]),
        }
        return calibrate(errors, STANDARD_GRID, (0.5, 0.68, 0.8, 0.9, 0.95))


def in_ranges(system: SpinSystem, grid: TimeGrid) -> DomainCheck:
    """The trained ranges of the experiments: 5-20 Hz, ±250 Hz, at most 8 spins, 30 ms."""
    exceeded: dict[str, float] = {}
    bonds = np.abs(system.couplings_hz[np.triu(system.couplings_hz) != 0])
    low, high = TRAINED_COUPLINGS_HZ
    if bonds.size and (bonds.max() > high or bonds.min() < low):
        exceeded["coupling_hz"] = float(max(bonds.max() - high, low - bonds.min()))
    if np.abs(system.offsets_hz).max() > TRAINED_OFFSET_HZ:
        exceeded["offset_hz"] = float(np.abs(system.offsets_hz).max() - TRAINED_OFFSET_HZ)
    if len(system) > 8:
        exceeded["spins"] = float(len(system) - 8)
    if grid.horizon_s > STANDARD_GRID.horizon_s * (1 + 1e-9):
        exceeded["horizon_s"] = grid.horizon_s - STANDARD_GRID.horizon_s
    return DomainCheck(exceeded)


def _strength(system: SpinSystem) -> float:
    bonds = np.abs(system.couplings_hz[np.triu(system.couplings_hz) != 0])
    return float((bonds.mean() / 12.5) ** 2) if bonds.size else 0.0


def _ramp(grid: TimeGrid) -> np.ndarray:
    return np.minimum(grid.times_s / STANDARD_GRID.horizon_s, 1.0) ** 4


def _normal(one: Trajectory) -> float:
    from scipy.stats import norm

    step = min(one.grid.points, STANDARD_GRID.points) // 2
    fraction = (abs(one.m[step]) * 1e4) % 1.0
    return float(norm.ppf(min(max(fraction, 1e-6), 1 - 1e-6)))


def _scaled(one: Trajectory, factor: np.ndarray) -> Trajectory:
    parts = {
        name: None if getattr(one, name) is None else getattr(one, name) * factor
        for name in ("mx", "my", "i1z", "spin_signals")
    }
    return Trajectory(one.grid, Provenance("honest surrogate"), **parts, spin_polarisations=one.spin_polarisations)


def _magnitudes(one: Trajectory, width: np.ndarray) -> Trajectory:
    parts = {name: np.abs(getattr(one, name)) * width for name in ("mx", "my", "i1z")}
    return Trajectory(one.grid, Provenance("honest surrogate"), **parts)


def faulty(name: str, truths: Truths, size: float | None = None) -> NamedSubject:
    """The correct subject of the fault with this name, with that fault (optionally of another size) added."""
    from harness.tasks.spins.suites.faults.every import ALL

    fault = next(fault for fault in ALL if fault.name == name)
    return wrapped(fault if size is None else fault.sized(size), truths)


def wrapped(fault: Fault, truths: Truths) -> NamedSubject:
    """A subject with this fault."""
    kind = HonestSurrogate if fault.carrier == "honest" else ExactSurrogate
    return NamedSubject(fault.name, "surrogate", Faulty(kind(truths), fault), {"fault": fault.what})
