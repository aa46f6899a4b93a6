"""Methods by name: our integrators, the independent program, and a formula without any coupling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.means import mean_over_draws
from harness.tasks.echo.offsets import GivenOffsets, OffsetLine
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.signals import DRAW, MEAN, answer_of
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory


@dataclass(frozen=True)
class Torch:
    """``echo-torch``: our simulator."""

    precision: str = "float64"
    name: str = "echo-torch"
    observables: tuple[str, ...] = DRAW

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = DRAW) -> Trajectory:
        """The curve of one draw, and the mean over draws if it is requested."""
        return self.simulate_batch([system], grid, observables)[0]

    def simulate_batch(
        self, systems: Sequence[EchoSystem], grid: EchoPlan, observables: Sequence[str] = DRAW
    ) -> list[Trajectory]:
        """Many systems at once."""
        import torch

        from harness.tasks.echo.simulate import simulate

        curves = simulate(systems, grid, self.precision)  # type: ignore[arg-type]
        source = Provenance(self.name, "torch", torch.__version__, {"precision": self.precision})
        return [
            answer_of(grid, source, m, mean_over_draws(system, grid).mean if set(MEAN) & set(observables) else None)
            for system, m in zip(systems, curves, strict=True)
        ]


@dataclass(frozen=True)
class Plain:
    """``echo-numpy``: the transparent twin of our simulator."""

    name: str = "echo-numpy"
    observables: tuple[str, ...] = DRAW

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = DRAW) -> Trajectory:
        """The curve of one draw, and the mean over draws if it is requested."""
        from harness.tasks.echo.plain import simulate_plain

        m = simulate_plain(system, grid) if set(DRAW) & set(observables) else None
        mean = mean_over_draws(system, grid).mean if set(MEAN) & set(observables) else None
        return answer_of(grid, Provenance(self.name, "numpy", np.__version__), m, mean)


@dataclass(frozen=True)
class Octave:
    """``echo-octave``: the independent program, run anew."""

    name: str = "echo-octave"
    observables: tuple[str, ...] = DRAW

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = DRAW) -> Trajectory:
        """The curve of one draw."""
        from harness.tasks.echo.octave import simulate_octave

        curves, engine = simulate_octave([system], grid)
        return answer_of(grid, Provenance(self.name, engine), curves[0])


@dataclass(frozen=True)
class Uncoupled:
    """``uncoupled``: the formula without training, M̄(t) of spins that do not feel each other.

    M̄ = −(i/2) e^(−Γt/2) L(t) before the second pulse, and −(i/2) e^(−Γt/2) L(t − 2τ) after it; L is the Fourier
    transform of the line of offsets, which is even.
    """

    name: str = "uncoupled"
    observables: tuple[str, ...] = MEAN

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = MEAN) -> Trajectory:
        """The mean over draws."""
        if isinstance(system.offsets, GivenOffsets):
            raise InputError(f"{system.name}: its offsets are given, so that there is no mean over draws")
        t = grid.times
        since = np.where(t <= grid.delay, t, t - 2.0 * grid.delay)
        mean = -0.5j * np.exp(-0.5 * system.dissipation * t) * line_transform(system.offsets.line, system.size, since)
        return answer_of(grid, Provenance(self.name, "numpy", np.__version__), mean=mean)


def line_transform(line: OffsetLine, spins: int, t: np.ndarray) -> np.ndarray:
    """(T,) Σ_j w_j cos(Δ_j t) over the grid of the line, weights w with sum 1."""
    points, weights = line.weights(spins)
    return np.cos(np.outer(t, points)) @ weights
