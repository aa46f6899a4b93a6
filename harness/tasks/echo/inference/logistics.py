"""Mixtures of logistic densities, truncated to the range 0 … 1 and normalised there."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

NARROWEST = 1e-4
"""Smallest scale of a component, as a fraction of the range."""
BISECTIONS = 26


class Mixture:
    """Σ_k w_k f_k(u)/(F_k(1) − F_k(0)) on 0 ≤ u ≤ 1, f_k logistic with location μ_k and scale s_k.

    ``parameters`` (…, 3K) are free numbers: logits of the weights, locations, and logarithms of the scales.
    """

    def __init__(self, log_weights: Tensor, location: Tensor, scale: Tensor) -> None:
        self.log_weights, self.location, self.scale = log_weights, location, scale
        self._low = -location / scale
        self._high = (1.0 - location) / scale
        self._log_mass = _log_difference(self._low, self._high)

    @classmethod
    def of(cls, parameters: Tensor) -> Mixture:
        """From the outputs of a network; the scale is at least :data:`NARROWEST`."""
        logits, location, log_scale = parameters.chunk(3, dim=-1)
        return cls(logits.log_softmax(-1), location, NARROWEST + log_scale.clamp(max=3.0).exp())

    @classmethod
    def average(cls, mixtures: list[Mixture]) -> Mixture:
        """The mixture of several with equal weights."""
        shift = math.log(len(mixtures))
        return cls(
            torch.cat([one.log_weights - shift for one in mixtures], -1),
            torch.cat([one.location for one in mixtures], -1),
            torch.cat([one.scale for one in mixtures], -1),
        )

    def log_density(self, u: Tensor) -> Tensor:
        """(…) log density at ``u`` (…)."""
        z = (u[..., None] - self.location) / self.scale
        single = logsigmoid(z) + logsigmoid(-z) - self.scale.log() - self._log_mass
        return (self.log_weights + single).logsumexp(-1)

    def centre(self) -> Tensor:
        """(…) the mean of the locations, moved into the range: where the mixture lies."""
        return (self.log_weights.exp() * self.location).sum(-1).clamp(0.0, 1.0)

    def cumulative(self, u: Tensor) -> Tensor:
        """(…) probability below ``u`` (…)."""
        z = (u[..., None] - self.location) / self.scale
        # Below the lower end nothing: the difference would be a logarithm of zero.
        inside = _log_difference(self._low, torch.maximum(z, self._low + 1e-30)) - self._log_mass
        return (self.log_weights + inside).logsumexp(-1).exp().clamp(0.0, 1.0)

    def quantile(self, probability: Tensor) -> Tensor:
        """(…) the inverse of :meth:`cumulative`, by bisection to 2e-8."""
        low, high = torch.zeros_like(probability), torch.ones_like(probability)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            below = self.cumulative(middle) < probability
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return 0.5 * (low + high)


def _log_difference(a: Tensor, b: Tensor) -> Tensor:
    """log(σ(b) − σ(a)) for b > a, without loss of digits: σ(b) − σ(a) = σ(b) σ(−a) (1 − e^(a−b))."""
    return logsigmoid(b) + logsigmoid(-a) + torch.log(-torch.expm1(a - b))
