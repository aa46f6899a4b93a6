"""A task for tests, of data alone: points that go round on circles; an observable with two components."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.task import Codec, Learning, Metric, Model, Observable, Task
from harness.trajectory import Provenance, TimeGrid, Trajectory

GRID = TimeGrid(6, 0.5)


@dataclass
class Rotor:
    """Angular velocity in rad/s; not frozen, so that an object can change it."""

    rate: float
    name: str = "rotor"
    size: int = 1

    @property
    def fingerprint(self) -> str:
        return repr(self.rate)


def place(rate: float, points: int) -> np.ndarray:
    """(2, points) on the unit circle, at steps of half a second."""
    angle = rate * 0.5 * np.arange(points)
    return np.array([np.cos(angle), np.sin(angle)])


@dataclass(frozen=True)
class Slow:
    """Rotors with an angular velocity of up to ``largest``, in rad/s."""

    name: str
    size: int
    largest: float = 1.0
    grid: TimeGrid = GRID

    def draw(self, count: int, seed: int) -> list[Rotor]:
        rates = (np.random.default_rng([seed, k]).uniform(-self.largest, self.largest) for k in range(count))
        return [Rotor(float(rate), size=self.size) for rate in rates]

    def within(self, domain: object) -> bool:
        return True


def largest_error(answer: Trajectory, truth: Trajectory, system: Rotor) -> float:
    return float(np.abs(answer.arrays["place"] - truth.arrays["place"]).max())


class Circle:
    """The exact solution."""

    name = "circle"
    observables = ("place", "speed")

    def simulate(self, system: Rotor, grid: TimeGrid, observables: tuple[str, ...] = ("place",)) -> Trajectory:
        arrays = {"place": place(system.rate, grid.points), "speed": np.full(grid.points, abs(system.rate))}
        return Trajectory(grid, Provenance(self.name), {name: arrays[name] for name in observables})


class Still:
    """Stays where it was."""

    name = "still"
    observables = ("place",)

    def __init__(self, angle: float = 0.0) -> None:
        self.angle = angle

    def simulate(self, system: Rotor, grid: TimeGrid, observables: tuple[str, ...] = ("place",)) -> Trajectory:
        where = np.array([np.cos(self.angle), np.sin(self.angle)])
        return Trajectory(grid, Provenance(self.name), {"place": np.tile(where[:, None], grid.points)})


def changes(system: Rotor, grid: TimeGrid) -> dict[str, np.ndarray]:
    """Right, but leaves another system behind."""
    found = place(system.rate, grid.points)
    system.rate += 1.0
    return {"place": found}


TASK = Task(
    name="rotors",
    question="May anything be trusted in place of a circle?",
    production="circle",
    subject="circle",
    baseline="",
    observables=(Observable("place", "place", "m", ("component", "time")), Observable("speed", "speed", "m/s")),
    metrics={"largest": Metric("largest", "largest error", "", "m", largest_error, ("place",))},
    populations={
        "small": Slow("small", 1),
        "large": Slow("large", 2),
        "fine": Slow("fine", 1, grid=TimeGrid(12, 0.5)),
    },
    references={name: f"harness.tasks.rotors.task:{name.capitalize()}" for name in ("circle", "still")},
    models={"turning": Model("harness.tasks.rotors.model:load", "harness.tasks.rotors.model:trainable")},
    codec=Codec(
        system_to_json=lambda system: {"rate": system.rate, "size": system.size},
        system_from_json=lambda fields: Rotor(**fields),
        grid_to_json=lambda grid: {"points": grid.points, "dt_s": grid.dt_s},
        grid_from_json=lambda fields: TimeGrid(fields["points"], fields["dt_s"]),
    ),
    plans={},
    compared=("largest",),
    learning=Learning(formulas=("still",)),
    targets=Path(__file__).with_name("targets.toml"),
)
