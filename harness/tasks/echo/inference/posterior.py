"""The amortised posterior q(labels | curve): a product of factors, trained once, evaluated in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.errors import InputError
from harness.surrogates.weights import read_weights, save_weights
from harness.tasks.echo.curves import plan_of, refuse_unphysical
from harness.tasks.echo.inference.correction import EARLIER_KNOTS, KNOTS, Calibration
from harness.tasks.echo.inference.density_network import DensityNetwork, DensitySettings
from harness.tasks.echo.inference.factor import Factor
from harness.tasks.echo.inference.familiarity import Familiarity
from harness.tasks.echo.inference.features import Features
from harness.tasks.echo.inference.residuals import Residuals
from harness.tasks.echo.labels import Prior

MODEL = "echo-posterior"
SCHEMA = "echo-posterior-1"
REMEDY = "train it anew with 'harness echo train posterior'"


@dataclass(frozen=True, eq=False)
class Posterior:
    """q(u) = Π_k q_k(u_k | features, u_1 … u_{k−1}), u the labels as fractions of their ranges, in ``order``.

    Parameters
    ----------
    prior
        Labels in the order of the columns of every table of labels.
    order
        Positions of the labels in the chain of factors.
    features
        The map from curves to the inputs of the factors.
    factors
        One for each label, in the order of the chain.
    familiarity
        The test whether a curve is similar to those of the training.
    record
        The description of the training, as plain values: recipes, kernel, coupling.
    residuals
        The test whether a curve is similar to those with its inferred labels; None where curves determine no label, and
        for weights of earlier versions.
    """

    prior: Prior
    order: tuple[int, ...]
    features: Features
    factors: tuple[Factor, ...]
    familiarity: Familiarity
    record: Mapping[str, Any]
    residuals: Residuals | None = None

    @property
    def determined(self) -> tuple[bool, ...]:
        """For each label in the order of the prior, whether curves contain information about it."""
        trusts = {place: factor.calibration.trust > 0 for place, factor in zip(self.order, self.factors, strict=True)}
        return tuple(trusts[k] for k in range(len(self.order)))

    def samples(self, m: np.ndarray, count: int = 256, seed: int = 0) -> np.ndarray:
        """(n, S, V) draws of the labels of each curve of ``m`` (n, T), stratified within every factor.

        Raises
        ------
        InputError
            For curves of another length, NaN, or |M| beyond 0.5.
        """
        refuse_unphysical(m, self.features.plan.points, "curves")
        features, generator = self.features.of(m), np.random.default_rng(seed)
        chain = np.empty((len(m), count, len(self.order)))
        for k, factor in enumerate(self.factors):
            strata = generator.permuted(np.broadcast_to(np.arange(count), (len(m), count)), axis=1)
            probabilities = (strata + generator.random((len(m), count))) / count
            chain[:, :, k] = factor.quantiles(features, chain[:, :, :k], probabilities)
        return self.prior.from_unit(chain[:, :, self._columns])

    def log_density(self, m: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """(n, V) log of each factor at the true labels (n, V), in units of the prior density; columns as the prior's.

        The sum over the columns is the information of a curve about its labels, in nats; its mean over many curves is
        the joint gain.
        """
        features, chain = self.features.of(m), self.prior.to_unit(labels)[:, self.order]
        gains = [factor.log_density(features, chain[:, :k], chain[:, k]) for k, factor in enumerate(self.factors)]
        return np.stack(gains, axis=1)[:, self._columns]

    def ranks(self, m: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """(n, V) probability below each true label given those before it in the chain; uniform if calibrated."""
        features, chain = self.features.of(m), self.prior.to_unit(labels)[:, self.order]
        ranks = [factor.cumulative(features, chain[:, :k], chain[:, k]) for k, factor in enumerate(self.factors)]
        return np.stack(ranks, axis=1)[:, self._columns]

    def familiar(self, m: np.ndarray) -> np.ndarray:
        """(n,) bool: curves similar to those of the training; for other curves the posterior is not valid."""
        near = self.familiarity.accepts(self.features, m)
        return near if self.residuals is None else near & self.residuals.accepts(m, self.central(m))

    def central(self, m: np.ndarray) -> np.ndarray:
        """(n, V) labels as fractions of their ranges: the median of every factor, given the medians before it."""
        features, middle = self.features.of(m), np.full((len(m), 1), 0.5)
        chain = np.empty((len(m), 1, len(self.order)))
        for k, factor in enumerate(self.factors):
            chain[:, :, k] = factor.quantiles(features, chain[:, :, :k], middle)
        return chain[:, 0, self._columns]

    @property
    def _columns(self) -> list[int]:
        """The position of each label of the prior in the chain."""
        return [self.order.index(k) for k in range(len(self.order))]

    def save(self, path: str | Path) -> None:
        """Write one weights file with a checksum."""
        arrays = self.features.arrays() | self.familiarity.arrays()
        arrays |= {} if self.residuals is None else self.residuals.arrays()
        tensors = {name: torch.as_tensor(array).float() for name, array in arrays.items()}
        for k, factor in enumerate(self.factors):
            for j, member in enumerate(factor.members):
                tensors |= {f"factor/{k}/{j}/{name}": value.half() for name, value in member.state_dict().items()}
        chain = [
            {
                "trust": factor.calibration.trust,
                "heights": [list(row) for row in factor.calibration.tables],
                "edges": list(factor.calibration.edges),
                "members": [member.settings.as_dict() for member in factor.members],
            }
            for factor in self.factors
        ]
        record = {**self.record, "prior": self.prior.as_list(), "order": list(self.order), "chain": chain}
        save_weights(path, MODEL, record, tensors, SCHEMA)


def load_posterior(path: str | Path) -> Posterior:
    """Read a posterior that :meth:`Posterior.save` wrote.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another kind.
    """
    weights = read_weights(path, MODEL, SCHEMA, REMEDY)
    record, tensors = weights.record, weights.tensors
    arrays = {name: tensor.numpy() for name, tensor in tensors.items() if not name.startswith("factor/")}
    features = Features.from_arrays(plan_of(record["curves"]), arrays)
    factors = tuple(_factor(k, link, tensors, features) for k, link in enumerate(record["chain"]))
    return Posterior(
        Prior.from_list(record["prior"]),
        tuple(record["order"]),
        features,
        factors,
        Familiarity.from_arrays(arrays),
        {key: value for key, value in record.items() if key not in ("prior", "order", "chain")},
        Residuals.from_arrays(arrays),
    )


def _factor(k: int, link: Mapping[str, Any], tensors: Mapping[str, torch.Tensor], features: Features) -> Factor:
    members = []
    for j, settings in enumerate(link["members"]):
        member, prefix = DensityNetwork(DensitySettings(**settings)), f"factor/{k}/{j}/"
        own = {name.removeprefix(prefix): value.float() for name, value in tensors.items() if name.startswith(prefix)}
        try:
            member.load_state_dict(own)
        except RuntimeError as error:
            raise InputError(
                f"posterior: factor {k} does not fit its settings ({str(error).splitlines()[0]})"
            ) from None
        members.append(member.eval())
    return Factor(members, features.odd, _calibration(link))


def _calibration(link: Mapping[str, Any]) -> Calibration:
    """Weights of earlier versions have one row of heights, at fewer knots, which is the same function."""
    heights = link["heights"]
    rows = heights if isinstance(heights[0], list) else [np.interp(KNOTS, EARLIER_KNOTS, heights).tolist()]
    tables = tuple(tuple(map(float, row)) for row in rows)
    return Calibration(float(link["trust"]), tables, tuple(map(float, link.get("edges", ()))))


PACKAGED = {"power": "posterior-power.safetensors", "gauss": "posterior-gauss.safetensors"}


@lru_cache(maxsize=4)
def packaged_posterior(kernel: str) -> Posterior:
    """The posterior that comes with the package for curves of this kernel (normalised, single-axis, 50 × 50 spins).

    Raises
    ------
    InputError
        If there is none.
    """
    if kernel not in PACKAGED:
        raise InputError(
            f"no posterior was trained for the kernel {kernel!r} (known: {', '.join(PACKAGED)}): train one with "
            "'harness echo train posterior' and name it by --weights"
        )
    return load_posterior(Path(__file__).parents[1] / "pretrained" / PACKAGED[kernel])
