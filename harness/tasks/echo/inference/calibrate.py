"""Calibration of a factor on curves that it was not trained on: trust in the networks, then their width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln

from harness.tasks.echo.inference.factor import Calibration, Factor

TRUSTS = np.linspace(0.05, 1.0, 20)
SIGNIFICANT = 3.0
"""Standard errors that the mean gain over the prior must exceed before a factor is believed at all."""


def calibrated(factor: Factor, features: np.ndarray, given: np.ndarray, truth: np.ndarray) -> Factor:
    """The factor with its calibration fitted on n curves with labels ``truth`` (n,), as fractions of the range.

    One that gained nothing loses its networks: it is the prior.
    """
    raw = replace(factor, calibration=Calibration())
    trust = trust_of(raw.log_density(features, given, truth))
    if not trust:
        return replace(factor, members=(), calibration=Calibration(trust=0.0))
    shrunk = replace(factor, calibration=Calibration(trust=trust))
    shape = beta_shape(shrunk.uncorrected(features, given, truth))
    return replace(factor, calibration=Calibration(trust=trust, shape=shape))


def trust_of(log_density: np.ndarray) -> float:
    """The weight λ of the networks that maximises the mean of log(λ q + 1 − λ); 0 if that gain is not significant.

    ``log_density`` (n,) are log q of the true labels, in units where the prior density is 1.
    """
    gains = np.stack([np.logaddexp(np.log(x) + log_density, np.log1p(-min(x, 1 - 1e-12))) for x in TRUSTS])
    best = int(np.argmax(gains.mean(1)))
    error = gains[best].std() / np.sqrt(len(log_density))
    return float(TRUSTS[best]) if gains[best].mean() > SIGNIFICANT * error else 0.0


def beta_shape(transforms: np.ndarray) -> tuple[float, float]:
    """(a, b) of the beta distribution that makes these probability integral transforms (n,) most likely."""
    z = np.clip(transforms, 1e-6, 1.0 - 1e-6)
    low, high = np.log(z).mean(), np.log1p(-z).mean()

    def loss(logs: np.ndarray) -> float:
        a, b = np.exp(logs)
        return float(betaln(a, b) - (a - 1.0) * low - (b - 1.0) * high)

    a, b = np.exp(minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10}).x)
    return float(a), float(b)
