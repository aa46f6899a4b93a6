"""A trained forward surrogate: mean curve, spread, bands that hold a single draw, and its domain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from harness.errors import InputError
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.echo.curves import CurveSet, plan_of
from harness.tasks.echo.forward.domain import TrainingDomain
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

    levels = LEVELS

    @property
    def plan(self) -> EchoPlan:
        """The plan of its training, the only one that it accepts."""
        return self.domain.plan

    @cached_property
    def domain(self) -> TrainingDomain:
        """The systems like those of its training."""
        return TrainingDomain(self.prior, self.record["curves"])

    def mean_parts(self, labels: np.ndarray) -> np.ndarray:
        """(n, 2, T) float32 or float64: real and imaginary part of the mean, for labels (n, V) as in ``prior``."""
        with torch.no_grad():
            return self.module.curve(self._unit(labels)).numpy()  # type: ignore[operator]

    def mean_labels(self, labels: np.ndarray) -> np.ndarray:
        """(n, T) complex: the mean curve for labels (n, V) in the order of ``prior``."""
        parts = self.mean_parts(labels).astype(np.float64)
        return parts[:, 0] + 1j * parts[:, 1]

    def sd_labels(self, labels: np.ndarray) -> np.ndarray:
        """(n, T) the standard deviation of |M − mean| for labels (n, V) in the order of ``prior``."""
        with torch.no_grad():
            log_sd = self.module.spread(self._unit(labels))  # type: ignore[operator]
        return log_sd.exp().square().sum(1).sqrt().double().numpy()

    def _unit(self, labels: np.ndarray) -> torch.Tensor:
        """(n, V) labels as fractions of their ranges; beyond a range its nearest end, where the fit still holds."""
        return torch.as_tensor(np.clip(self.prior.to_unit(labels), 0.0, 1.0), dtype=torch.float32)

    def refuse_plan(self, plan: EchoPlan) -> None:
        """Refuse another plan than that of the training: its samples are at other times.

        Raises
        ------
        InputError
            Naming the first difference.
        """
        for one in fields(plan):
            trained, found = getattr(self.plan, one.name), getattr(plan, one.name)
            if trained != found:
                raise InputError(
                    f"{self.name}: trained on one plan, and this is another: {one.name} = {found!r} for {trained!r}"
                )

    def predict(self, systems: Sequence[EchoSystem], plan: EchoPlan) -> CurvePrediction:
        """Mean, spread and domain of every system; those outside the training domain are flagged and not refused.

        Raises
        ------
        InputError
            For another plan than that of the training.
        """
        self.refuse_plan(plan)
        domain = self.domain
        labels = domain.labels(systems)
        return CurvePrediction(self.mean_labels(labels), self.sd_labels(labels), domain.contains(systems))

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
        labels = curves.known_labels()[:, [curves.prior.keys.index(key) for key in self.prior.keys]]
        scores = np.abs(curves.m - self.mean_labels(labels)) / self.sd_labels(labels)
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
    weights = read_weights(path, f"echo-{kind}", SCHEMA, f"train it anew with 'harness echo train {kind}'")
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
