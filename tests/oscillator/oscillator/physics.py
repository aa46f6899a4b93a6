"""N independent oscillators x'' + 2γx' + ω²x = 0, released at rest; observed is the mean of x."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.surrogates import DomainCheck, Prediction
from harness.trajectory import Provenance, TimeGrid, Trajectory

GRID = TimeGrid(81, 0.05)
INSIDE = (1.0, 3.0)  # angular frequencies in 1/s for which the surrogates vouch


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

    def within(self, domain: tuple[float, float]) -> bool:
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
        a = np.array([[[0, w], [-w, -2 * system.gamma]] for w in system.omega]) * grid.dt_s  # (N, 2, 2)
        step, states = np.eye(2), [np.array([[[system.start], [0.0]]] * system.size)]  # (N, 2, 1) each
        for k in range(self.order, 0, -1):
            step = np.eye(2) + a @ step / k
        for _ in range(grid.points - 1):
            states.append(step @ states[-1])
        return answer(grid, np.mean(states, axis=1)[:, 0, 0], self.name)


class Euler(RungeKutta):
    name, order = "euler", 1


@dataclass(frozen=True)
class Surrogate:
    """Exact times 1 + σ(t)·ξ, ξ normal and σ stated: calibrated by construction. Flags what lies outside the domain."""

    name: str
    sigma: float
    observables: tuple[str, ...] = ("x",)
    domain: tuple[float, float] = INSIDE

    def predict(self, systems: Sequence[Oscillators], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        mean, std, checks = [], [], []
        for s in systems:
            x, seed = Exact().simulate(s, grid).arrays["x"], [round(1e9 * value) for value in (*s.omega, s.gamma)]
            width = self.sigma * (grid.times_s / GRID.horizon_s) ** 3 * np.mean(s.omega) ** 4 / 16
            mean.append(answer(grid, x * (1 + width * np.random.default_rng(seed).normal())))
            std.append(answer(grid, np.abs(x) * width))
            outside = min(s.omega) < self.domain[0] or max(s.omega) > self.domain[1]
            checks.append(DomainCheck({"omega": 1.0} if outside else {}))
        return Prediction(tuple(mean), checks, tuple(std) if uncertainty == "mc" and self.sigma else None)
