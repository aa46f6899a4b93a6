"""A trained forward surrogate: mean curve, spread, bands that hold a single draw, and its domain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from harness.errors import InputError
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.echo.curves import CurveSet, plan_of
from harness.tasks.echo.forward.networks import NETWORKS
from harness.tasks.echo.forward.polynomials import PolynomialModel
from harness.tasks.echo.labels import Prior
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.system import EchoSystem

SCHEMA = "echo-forward-1"
MODULES = {"polynomials": PolynomialModel, **NETWORKS}
"""By kind: (labels, points) → module."""
LEVELS = (0.5, 0.68, 0.8, 0.9, 0.95)


@dataclass(frozen=True, eq=False)
class CurvePrediction:
    """The prediction of a surrogate for n systems.

    ``mean`` (n, T) is complex, ``sd`` (n, T) is the standard deviation of |M − mean| over draws of offsets;
    ``in_domain`` (n,) bool is true for systems like those of the training.
    """

    mean: np.ndarray
    sd: np.ndarray
    in_domain: np.ndarray


@dataclass(frozen=True, eq=False)
class ForwardSurrogate:
    """Labels of a system to its mean curve.

    Parameters
    ----------
    kind
        One of "polynomials", "components", "fno".
    prior
        Labels that the network sees, and their ranges.
    module
        The network.
    pointwise
        (L, T) quantiles of |M − mean|/sd on calibration curves, one row for each of :data:`LEVELS`.
    sup
        (L,) quantiles of the largest |M − mean|/sd of a curve.
    record
        Recipes, as plain values.
    """

    kind: str
    prior: Prior
    module: nn.Module
    pointwise: np.ndarray
    sup: np.ndarray
    record: Mapping[str, Any]

    @property
    def name(self) -> str:
        """For records."""
        return f"echo-{self.kind}"

    @property
    def plan(self) -> EchoPlan:
        """The plan of its training, the only one that it accepts."""
        return plan_of(self.record["curves"])

    def predict_labels(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean (n, T) complex and sd (n, T) for labels (n, V) in the order of ``prior``."""
        unit = torch.as_tensor(self.prior.to_unit(labels), dtype=torch.float32)
        with torch.no_grad():
            mean, log_sd = self.module(unit)
        parts = mean.double().numpy()
        return parts[:, 0] + 1j * parts[:, 1], log_sd.exp().square().sum(1).sqrt().double().numpy()

    def predict(self, systems: Sequence[EchoSystem], plan: EchoPlan) -> CurvePrediction:
        """Predict systems; systems outside the training domain are flagged and not refused.

        Raises
        ------
        InputError
            For another plan than that of the training: its samples are at other times.
        """
        if plan != self.plan:
            raise InputError(f"{self.name}: trained on one plan, and this is another: {plan}")
        mean, sd = self.predict_labels(np.stack([self._labels(system) for system in systems]))
        return CurvePrediction(mean, sd, np.array([self.knows(system) for system in systems]))

    def knows(self, system: EchoSystem) -> bool:
        """Whether a system is like those of the training: kernel, coupling, lattice, labels in their ranges."""
        made = self.record["curves"]
        alike = (
            system.kernel.family == made["family"]
            and system.kernel.normalised == made["normalised"]
            and system.coupling == made["coupling"]
            and system.side == made["side"]
        )
        unit = self.prior.to_unit(self._labels(system))
        return bool(alike and np.all((unit >= 0) & (unit <= 1)))

    def _labels(self, system: EchoSystem) -> np.ndarray:
        rate = max(system.dissipation, 1e-300)
        values = {
            "alpha": abs(system.strength),
            "xi": system.kernel.length,
            "p": system.kernel.exponent,
            "d": -math.log10(rate),
        }
        return np.array([values[key] for key in self.prior.keys])

    def radius(self, prediction: CurvePrediction, level: float, whole: bool = False) -> np.ndarray:
        """(n, T) radius of a band about the mean that holds a single draw with probability ``level``.

        The probability holds for each sample separately, or with ``whole`` for the whole curve.

        Raises
        ------
        InputError
            For a level that was not calibrated.
        """
        if level not in LEVELS:
            raise InputError(f"band of level {level!r} was not calibrated (known: {', '.join(map(str, LEVELS))})")
        row = LEVELS.index(level)
        return prediction.sd * (self.sup[row] if whole else self.pointwise[row])

    def calibrated(self, curves: CurveSet) -> ForwardSurrogate:
        """With bands from curves that were not trained on: split conformal, the ⌈(n + 1)·level⌉-th smallest score."""
        columns = [curves.prior.keys.index(key) for key in self.prior.keys]
        mean, sd = self.predict_labels(curves.known_labels()[:, columns])
        scores = np.abs(curves.m - mean) / sd
        places = [min(len(scores), math.ceil((len(scores) + 1) * level)) - 1 for level in LEVELS]
        return replace(
            self,
            pointwise=np.sort(scores, axis=0)[places],
            sup=np.sort(scores.max(1))[places],
            record={**self.record, "calibration": dict(curves.recipe)},
        )

    def save(self, path: str | Path) -> None:
        """Write one weights file with a checksum."""
        tensors = {f"module/{name}": value.float() for name, value in self.module.state_dict().items()}
        tensors |= {"pointwise": torch.as_tensor(self.pointwise).float(), "sup": torch.as_tensor(self.sup).float()}
        save_weights(path, self.name, {**self.record, "labels": self.prior.as_list()}, tensors, SCHEMA)


def load_forward(path: str | Path, kind: str) -> ForwardSurrogate:
    """Read a surrogate that :meth:`ForwardSurrogate.save` wrote.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another kind.
    """
    weights = read_weights(path, f"echo-{kind}", SCHEMA, "train it anew with 'harness echo train'")
    prior = Prior.from_list(weights.record["labels"])
    module = MODULES[kind](len(prior.labels), plan_of(weights.record["curves"]).points)
    parts = {n.removeprefix("module/"): v for n, v in weights.tensors.items() if n.startswith("module/")}
    module.load_state_dict(parts)
    pointwise, sup = (weights.tensors[name].double().numpy() for name in ("pointwise", "sup"))
    record = {key: value for key, value in weights.record.items() if key != "labels"}
    return ForwardSurrogate(kind, prior, module.eval(), pointwise, sup, record)


@lru_cache(maxsize=4)
def packaged_forward(kind: str) -> ForwardSurrogate:
    """The surrogate that comes with the package: power law, single-axis, 50 × 50 spins, the challenge's plan."""
    return load_forward(Path(__file__).parents[1] / "pretrained" / f"forward-{kind}.safetensors", kind)
