"""A task for tests, of data alone: points that go round on circles; an observable with two components."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.task import Codec, Observable, Task
from harness.trajectory import Provenance, TimeGrid, Trajectory


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


class Circle:
    """The exact solution."""

    name = "circle"
    observables = ("place", "speed")

    def simulate(self, system: Rotor, grid: TimeGrid, observables: tuple[str, ...] = ("place",)) -> Trajectory:
        arrays = {"place": place(system.rate, grid.points), "speed": np.full(grid.points, abs(system.rate))}
        return Trajectory(grid, Provenance(self.name), {name: arrays[name] for name in observables})


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
    metrics={},
    populations={},
    references={"circle": "harness.tasks.rotors.task:Circle"},
    models={},
    codec=Codec(
        system_to_json=lambda system: {"rate": system.rate},
        system_from_json=lambda fields: Rotor(**fields),
        grid_to_json=lambda grid: {"points": grid.points, "dt_s": grid.dt_s},
        grid_from_json=lambda fields: TimeGrid(fields["points"], fields["dt_s"]),
    ),
    plans={},
    targets=Path(__file__).with_name("targets.toml"),
)
