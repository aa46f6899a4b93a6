"""Subjects of a validation run as forward models of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.subjects.capabilities import model_of
from harness.suites.inverse.plan import Broken
from harness.tasks.spins.inverse import ForwardModel, Parameters
from harness.tasks.spins.inverse.models import central, stencil
from harness.tasks.spins.systems import STANDARD_GRID, TimeGrid


@dataclass(frozen=True, eq=False)
class SubjectModel:
    """A subject as forward model, whose derivatives are central differences computed in one batch."""

    subject: Any
    step_hz: float = 0.05

    @property
    def name(self) -> str:
        """Name of the subject."""
        return str(self.subject.name)

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ."""
        return self._signals([parameters.system(theta)], grid)[0]

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and central differences at θ."""
        return central(self._signals(stencil(parameters, theta, self.step_hz), grid), self.step_hz)

    def _signals(self, systems: Sequence[Any], grid: TimeGrid) -> list[np.ndarray]:
        answers = self.subject.answers(systems, grid)
        for answer in answers:
            if answer.trajectory is None or answer.trajectory.mx is None:
                refused = answer.trajectory is not None or answer.refused
                raise (InputError if refused else Broken)(f"{self.name} gives no M: {answer.problem or 'not offered'}")
        return [answer.trajectory.m for answer in answers]


def forward_model(subject: Any) -> ForwardModel:
    """The forward model of a subject: torch.func differentiates networks on a grid, central differences all others."""
    from harness.tasks.spins.inverse.network_model import NetworkModel
    from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate

    surrogate = model_of(subject)
    if isinstance(surrogate, GridSurrogate):
        network = NetworkModel(surrogate)
        if network.takes(STANDARD_GRID):
            return network
    return SubjectModel(subject)
