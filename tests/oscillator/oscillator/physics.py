"""N independent oscillators x'' + 2γx' + ω²x = 0, released at rest; observed is the mean of x."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.surrogates import DomainCheck, Prediction
from harness.trajectory import Provenance, TimeGrid, Trajectory

GRID = TimeGrid(81, 0.05)
INSIDE = (1.0, 3.0)
"""Angular frequencies in 1/s for which the surrogates vouch."""


@dataclass(frozen=True)
class Oscillators:
    """Angular frequencies and the common damping constant in 1/s, and where all start."""

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


def answer(grid: TimeGrid, x: np.ndarray, method: str = "oscillator") -> Trajectory:
    return Trajectory(grid, Provenance(method), {"x": x})


class Exact:
    """x = e^{-γt} (cos Ωt + γ/Ω sin Ωt), Ω² = ω² - γ²: in the place of a production code."""

    name, observables = "damped-oscillator", ("x",)

    def simulate(self, system: Oscillators, grid: TimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        t, g, fast = grid.times_s[:, None], system.gamma, np.sqrt(np.square(system.omega) - system.gamma**2)
        x = np.exp(-g * t) * (np.cos(fast * t) + g / fast * np.sin(fast * t))
        return answer(grid, system.start * x.mean(axis=1), self.name)


class RungeKutta:
    """One step of order 4 per sample: Taylor's series of exp(A dt) in the variables x and x'/ω."""

    name, observables, order = "rk4", ("x",), 4

    def simulate(self, system: Oscillators, grid: TimeGrid, observables: Sequence[str] = ()) -> Trajectory:
        x = np.zeros(grid.points)
        for w in system.omega:
            a, term, step = np.array([[0, w], [-w, -2 * system.gamma]]) * grid.dt_s, np.eye(2), np.eye(2)
            for k in range(1, self.order + 1):
                term = term @ a / k
                step = step + term
            state = np.array([system.start, 0.0])
            for k in range(grid.points):
                x[k] += state[0] / system.size
                state = step @ state
        return answer(grid, x, self.name)


class Euler(RungeKutta):
    name, order = "euler", 1


class Flagging:
    """A correct surrogate: exact, and it flags what lies outside of :data:`INSIDE`."""

    name, observables, domain = "flagging", ("x",), INSIDE

    def predict(self, systems: Sequence[Oscillators], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        outside = [min(s.omega) < INSIDE[0] or max(s.omega) > INSIDE[1] for s in systems]
        mean = tuple(Exact().simulate(s, grid) for s in systems)
        return Prediction(mean, [DomainCheck({"omega": 1.0} if out else {}) for out in outside])


class Honest(Flagging):
    """The same times 1 + σ(t)·ξ with ξ normal and σ stated: calibrated by construction."""

    name = "honest"

    def predict(self, systems: Sequence[Oscillators], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        exact, ramp, mean, std = super().predict(systems, grid), 1e-3 * (grid.times_s / GRID.horizon_s) ** 3, [], []
        for system, one in zip(systems, exact.mean, strict=True):
            xi = np.random.default_rng([round(1e9 * value) for value in (*system.omega, system.gamma)]).normal()
            x, width = one.arrays["x"], ramp * np.mean(system.omega) ** 4 / 16
            mean.append(answer(grid, x * (1 + xi * width)))
            std.append(answer(grid, np.abs(x) * width))
        return Prediction(tuple(mean), exact.in_domain, tuple(std) if uncertainty == "mc" else None)
