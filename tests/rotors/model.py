"""A model of the tests: a linear map of powers of the rate, trained and calibrated as every other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.surrogates import Prediction
from harness.surrogates.base import DomainCheck
from harness.surrogates.conformal import KindCalibration, Traits
from harness.surrogates.conformal_file import calibration_path, load_calibration
from harness.surrogates.training import TrainableModel
from harness.surrogates.weights import read_weights
from harness.trajectory import Provenance, TimeGrid, Trajectory

POINTS = 6


def powers(rates: Sequence[float]) -> torch.Tensor:
    return torch.tensor(np.vander(np.asarray(rates), 4), dtype=torch.float32)


class Turning(TrainableModel):
    name = "turning"
    measure = "RMSE of the place"

    def __init__(self) -> None:
        self.module = torch.nn.Linear(4, 2 * POINTS)

    def settings(self) -> dict[str, Any]:
        return {}

    def prepare(self, blocks: Sequence[Any]) -> tuple[torch.Tensor, torch.Tensor]:
        rates = [system.rate for block in blocks for system in block.systems()]
        places = np.concatenate([block.signal("place") for block in blocks]).reshape(len(rates), -1)
        return powers(rates), torch.tensor(places, dtype=torch.float32)

    def batch(self, prepared: Any, rows: np.ndarray, device: torch.device) -> Any:
        return tuple(part[rows].to(device) for part in prepared)

    def loss(self, batch: Any) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        return (self.module(batch[0]) - batch[1]).square().mean(), {}

    def errors(self, batch: Any) -> torch.Tensor:
        return (self.module(batch[0]) - batch[1]).square().mean(1).sqrt()


class TurningSurrogate:
    name = "turning"
    observables = ("place",)
    banded = ("place",)

    def __init__(self, module: torch.nn.Module, calibration: KindCalibration | None) -> None:
        self.module, self.calibration = module, calibration

    def predict(self, systems: Sequence[Any], grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        with torch.no_grad():
            places = self.module(powers([one.rate for one in systems])).reshape(-1, 2, POINTS).double().numpy()
        mean = tuple(Trajectory(grid, Provenance(self.name), {"place": one}) for one in places)
        checks = tuple(DomainCheck({}) for _ in systems)
        return Prediction(mean, checks)

    def traits(self, systems: Sequence[Any]) -> Traits:
        return Traits(("",) * len(systems), np.array([[abs(one.rate) + 1e-3] for one in systems]))

    def raw_spread(self, systems: Sequence[Any]) -> None:
        return None

    def takes(self, system: Any) -> bool:
        return system.size == 1


def trainable(settings: Mapping[str, Any]) -> Turning:
    return Turning()


def load(weights: str | Path | None = None) -> TurningSurrogate:
    assert weights is not None
    path, module = Path(weights), Turning().module
    module.load_state_dict(dict(read_weights(path, "turning", "harness-weights-1").tensors))
    bands = calibration_path(path)
    return TurningSurrogate(module, load_calibration(bands, "turning", "rotors")[0] if bands.is_file() else None)
