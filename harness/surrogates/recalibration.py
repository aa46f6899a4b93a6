"""Calibrated standard deviations: a map, fitted after training, from the spread of Monte Carlo dropout.

Dropout shows which cases are difficult, but not how large their errors are. The calibrated standard deviation of one
component at time t is exp(a(t) + Σ_k b_k(t)·log s_k), b ≥ 0: s_0 is the RMS spread of the case, the others are the
difficulties of the system that the bands use too (:class:`harness.surrogates.conformal.Traits`). Without them the
errors of cases with equal spread scatter by a factor of e, more than any Gaussian does; with them by less than 2. a and
b come from a regression of the logarithm of the error. One factor per kind of system is then chosen such that the
largest difference between stated and observed coverage of the Gaussian intervals is least. The maps of all observables
use the same s.

Source: D. Levi et al., Evaluating and Calibrating Uncertainty Prediction in Regression Tasks, Sensors 22, 5540 (2022);
V. Kuleshov et al., ICML 2018.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.surrogates.scale import Scale, fit_scale, magnitude

LEVELS = (0.50, 0.68, 0.80, 0.90, 0.95)


def predictors(raw: np.ndarray, difficulty: np.ndarray) -> np.ndarray:
    """The predictors of the standard deviations of n cases, (n, 1 + K): raw spread (n,), then difficulties (n, K)."""
    return np.column_stack([raw, difficulty])


def fit_spread(errors: Mapping[str, np.ndarray], given: np.ndarray) -> dict[str, Scale]:
    """A map for every observable, of a complex one for either component.

    Parameters
    ----------
    errors
        By observable (n, …, T), real or complex, with their signs.
    given
        :func:`predictors` of the cases; of the first, their raw spread: the RMS over passes, samples and components.
    """
    found = {}
    for signal, given_errors in errors.items():
        error = np.asarray(given_errors)
        scale = fit_scale(magnitude(error), given)
        ratio = error / np.expand_dims(scale(given), tuple(range(1, error.ndim - 1)))
        parts = np.stack([ratio.real, ratio.imag]) if np.iscomplexobj(ratio) else ratio
        found[signal] = scale.times(least_gap_factor(np.abs(parts).ravel())).rounded()
    return found


def least_gap_factor(ratio: np.ndarray, levels: tuple[float, ...] = LEVELS) -> float:
    """The standard deviation whose Gaussian intervals cover |errors| ``ratio`` (n,) with the smallest maximum gap."""
    from scipy.optimize import minimize_scalar
    from scipy.stats import norm

    ordered = np.sort(ratio)
    wanted = np.asarray(levels)
    widths = norm.ppf((1 + wanted) / 2)

    def gap(log_factor: float) -> float:
        covered = np.searchsorted(ordered, np.exp(log_factor) * widths, side="right") / len(ordered)
        return float(np.abs(covered - wanted).max())

    # For each single level its own quantile would be exact; the best common factor lies between these quantiles.
    own = np.log(np.maximum(np.quantile(ordered, wanted) / widths, 1e-300))
    if own[-1] - own.min() < 1e-12 and own.max() - own.min() < 1e-12:
        return float(np.exp(own[0]))
    coarse = np.linspace(own.min(), own.max(), 101)
    best = coarse[int(np.argmin([gap(x) for x in coarse]))]
    step = coarse[1] - coarse[0]
    fine = minimize_scalar(gap, bounds=(best - step, best + step), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(fine.x if gap(float(fine.x)) <= gap(best) else best))
