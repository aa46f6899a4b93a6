"""Calibration of a factor on curves that it was not trained on: trust in the networks, then their width."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from harness.tasks.echo.inference.correction import KNOTS, Calibration
from harness.tasks.echo.inference.factor import Factor

TRUSTS = np.linspace(0.05, 1.0, 20)
UNIFORM_CURVES = 10
CURVES_OF_GROUP = 1500
"""A share of 90 % is known to 0.015 from so many curves (95 %)."""
MOST_GROUPS = 6
SIGNIFICANT = 3.0
"""A factor is used only if its mean gain over the prior exceeds this many standard errors."""


def calibrated(factor: Factor, features: np.ndarray, given: np.ndarray, truth: np.ndarray) -> Factor:
    """The factor with its calibration fitted on n curves with labels ``truth`` (n,), as fractions of the range.

    A factor without a gain is replaced by the prior.
    """
    raw = replace(factor, calibration=Calibration())
    trust = trust_of(raw.log_density(features, given, truth))
    if not trust:
        return replace(factor, members=(), calibration=Calibration(trust=0.0))
    shrunk = replace(factor, calibration=Calibration(trust=trust))
    tables, edges = tables_of(*shrunk.transforms(features, given, truth))
    return replace(factor, calibration=Calibration(trust, tables, edges))


def tables_of(transforms: np.ndarray, places: np.ndarray) -> tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]:
    """(tables, edges) of :class:`Calibration`: groups of equally many curves with similar predictions (n,)."""
    groups = max(1, min(MOST_GROUPS, len(transforms) // CURVES_OF_GROUP))
    rows = np.array_split(np.argsort(places, kind="stable"), groups)
    edges = tuple(0.5 * float(places[a[-1]] + places[b[0]]) for a, b in pairwise(rows))
    return tuple(heights_of(transforms[some]) for some in rows), edges


def trust_of(log_density: np.ndarray) -> float:
    """The weight λ of the networks that maximises the mean of log(λ q + 1 − λ); 0 if that gain is not significant.

    ``log_density`` (n,) are log q of the true labels, in units where the prior density is 1.
    """
    gains = np.stack([np.logaddexp(np.log(x) + log_density, np.log1p(-min(x, 1 - 1e-12))) for x in TRUSTS])
    best = int(np.argmax(gains.mean(1)))
    error = gains[best].std() / np.sqrt(len(log_density))
    return float(TRUSTS[best]) if gains[best].mean() > SIGNIFICANT * error else 0.0


def heights_of(transforms: np.ndarray) -> tuple[float, ...]:
    """Share of the probability integral transforms (n,) below each of :data:`KNOTS`, shrunk a little to the knots.

    The weight of ten curves on the uniform law makes every slope positive.
    """
    below = np.searchsorted(np.sort(transforms), KNOTS, side="right") / len(transforms)
    share = len(transforms) / (len(transforms) + UNIFORM_CURVES)
    heights = share * below + (1.0 - share) * np.array(KNOTS)
    return (0.0, *map(float, heights[1:-1]), 1.0)
