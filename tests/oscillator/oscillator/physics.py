"""N independent oscillators x'' + 2γx' + ω²x = 0, released at rest from x = 1; observed are the means of x and x'/ω."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.surrogates import DomainCheck, Prediction
from harness.trajectory import Provenance, TimeGrid, Trajectory

GRID = TimeGrid(81, 0.05)
INSIDE = (1.0, 3.0)
SIZE = 1e-3


@dataclass(frozen=True)
class Oscillators:
    """Angular frequencies in 1/s, one damping constant in 1/s, and the common start x(0)."""

    omega: tuple[float, ...]
    gamma: float
    start: float = 1.0
    name: str = "oscillators"

    @property
    def size(self) -> int:
        return len(self.omega)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.omega, self.gamma, self.start)).encode()).hexdigest()


@dataclass(frozen=True)
class Population:
    """Frequencies uniform in ``omega``, damping in 0.05 … 0.2 1/s."""

    name: str
    size: int
    omega: tuple[float, float] = INSIDE
    grid: TimeGrid = GRID

    def draw(self, count: int, seed: int) -> list[Oscillators]:
        streams = [np.random.default_rng([seed, self.size, k]) for k in range(count)]
        return [Oscillators(tuple(r.uniform(*self.omega, self.size)), r.uniform(0.05, 0.2)) for r in streams]

    def within(self, domain: Any) -> bool:
        return domain[0] <= self.omega[0] and self.omega[1] <= domain[1]


class Exact:
    """x = e^{-γt} (cos Ωt + γ/Ω sin Ωt), Ω² = ω² - γ²: the production code of this task."""

    name, observables = "damped-oscillator", ("x", "v")

    def simulate(self, system: Oscillators, grid: TimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        t, w, g = grid.times_s[:, None], np.array(system.omega), system.gamma
        fast, decay = np.sqrt(w**2 - g**2), system.start * np.exp(-g * grid.times_s)[:, None]
        x, v = decay * (np.cos(fast * t) + g / fast * np.sin(fast * t)), -decay * w / fast * np.sin(fast * t)
        return Trajectory(grid, Provenance(self.name), {"x": x.mean(axis=1), "v": v.mean(axis=1)})


class Stepper(Exact):
    """The same from one-step integration: Taylor's series of exp(A dt) to ``order``, one step per sample."""

    name, order = "rk4", 4

    def simulate(self, system: Oscillators, grid: TimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        signals = np.zeros((2, grid.points))
        for w in system.omega:  # in the variables x and x'/ω
            step = self.propagator(np.array([[0.0, w], [-w, -2 * system.gamma]]) * grid.dt_s)
            state = np.array([system.start, 0.0])
            for k in range(grid.points):
                signals[:, k] += state / system.size
                state = step @ state
        return Trajectory(grid, Provenance(self.name), {"x": signals[0], "v": signals[1]})

    def propagator(self, a: np.ndarray) -> np.ndarray:
        total = power = np.eye(2)
        for k in range(1, self.order + 1):
            power = power @ a / k
            total = total + power
        return total


class Euler(Stepper):
    name, order = "euler", 1


class Flagging:
    """Exact, and flags what lies outside 1 … 3 1/s: a correct surrogate."""

    name, observables, domain = "flagging", ("x", "v"), INSIDE

    def predict(self, systems: Sequence[Oscillators], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        checks = [DomainCheck({} if INSIDE[0] <= min(s.omega) and max(s.omega) <= INSIDE[1] else {"omega": 1.0})
                  for s in systems]  # fmt: skip
        return Prediction(tuple(Exact().simulate(s, grid) for s in systems), checks)


class Honest(Flagging):
    """Exact times 1 + σ(t)·ξ with ξ normal and σ stated: calibrated by construction."""

    name = "honest"

    def predict(self, systems: Sequence[Oscillators], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        exact, ramp = super().predict(systems, grid), SIZE * (grid.times_s / GRID.horizon_s) ** 3
        widths = [ramp * np.mean(s.omega) ** 4 / 16 for s in systems]
        draws = [np.random.default_rng([round(1e9 * x) for x in (*s.omega, s.gamma)]).normal() for s in systems]
        mean = [times(one, 1 + xi * width) for one, xi, width in zip(exact.mean, draws, widths, strict=True)]
        std = tuple(times(one, width, np.abs) for one, width in zip(exact.mean, widths, strict=True))
        return Prediction(tuple(mean), exact.in_domain, std if uncertainty == "mc" else None)


def times(one: Trajectory, factor: Any, part: Any = np.asarray) -> Trajectory:
    return replace(one, arrays={name: part(signal) * factor for name, signal in one.arrays.items()})
