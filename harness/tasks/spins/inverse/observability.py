"""Which parameters does a measured FID determine, and how well, when all that is not known is taken as unknown?

In white noise the covariance is the inverse Fisher information, with linewidths, amplitudes, phases and baselines
unknown in addition to the parameters. What is left of a good fit of a real spectrum is line shape, which is alike at
neighbouring frequencies; and couplings inside a CH2 group are taken from a table, though the difference of the two
couplings to the next group (J - J' of an AA'XX' system) shows in the same small splittings. With these unknown too the
covariance is

    F⁻¹ S F⁻¹,   F = Σ g gᵀ,   S = Σ_lags (1 - |lag|/(L+1)) Σ_f s_f s_{f+lag}ᵀ,   s_f = g_f r_f,

g the derivatives of the residuals r, which holds for residuals that are correlated over up to L frequencies. At the
optimum the s_f of a multiplet add up to zero, and for L not far below its number of points so, nearly, does S: of all
L up to a largest one, and of independent residuals (F⁻¹ σ²), the largest variance is taken.

Source: W. K. Newey, K. D. West, Econometrica 55, 703 (1987); for independent residuals this is the inverse Fisher
information.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.inverse.projection import Projection
from harness.tasks.spins.inverse.refine import LINEAR

if TYPE_CHECKING:
    from harness.tasks.spins.inverse.measured import MeasuredFit

LAGS = 20

VISIBLE = 1e-6
"""Derivatives smaller than this, relative to the largest, are what leaving out weak lines leaves of zero."""

BLIND = 1e-10
"""Eigenvalues of the scaled information below this, relative to the largest: directions that the data do not show."""


def inverse_information(jacobian: np.ndarray) -> np.ndarray:
    """(P, P) inverse of JᵀJ for a Jacobian (M, P); infinite variance for what the data do not show.

    Scaled to a unit diagonal, so that what counts as singular depends neither on units nor on rounding.
    """
    size = np.linalg.norm(jacobian, axis=0)
    seen = np.flatnonzero(size > VISIBLE * size.max(initial=0.0))
    inverse = np.zeros((len(size), len(size)))
    hidden = np.setdiff1d(np.arange(len(size)), seen)
    inverse[hidden, hidden] = np.inf
    if not len(seen):
        return inverse
    scaled = jacobian[:, seen] / size[seen]
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    blind = values < BLIND * values.max()
    part = (vectors[:, ~blind] / values[~blind]) @ vectors[:, ~blind].T
    inverse[np.ix_(seen, seen)] = part / np.outer(size[seen], size[seen])
    touched = seen[(vectors[:, blind] ** 2).sum(axis=1) > 1e-8]
    inverse[touched, touched] = np.inf
    return inverse


def white_errors(jacobian: np.ndarray, residual: np.ndarray, linear: int) -> np.ndarray:
    """(P,) standard errors for white noise of the size of ``residual`` (M,), ``linear`` numbers fitted too."""
    free = max(len(residual) - jacobian.shape[1] - linear, 1)
    return np.sqrt(np.diag(inverse_information(jacobian)) * (residual @ residual) / free)


def standard_errors(fit: MeasuredFit, at: np.ndarray | None = None, lags: int = LAGS) -> np.ndarray:
    """(P,) standard errors of a fit's parameters in Hz, everything else unknown, the residual correlated.

    Parameters
    ----------
    fit
        The fit; its residuals give the size of the errors and their correlation from frequency to frequency.
    at
        Parameters (P,) at which the signal's derivatives are taken; by default those found. A parameter that does not
        change the signal at the true values may change it at wrong ones.
    lags
        The largest L, in points of the spectrum.
    """
    wider = _with_inner_couplings(fit.parameters)
    count = len(fit.parameters)
    begun = wider.mean_of(wider.template)[count:]
    found = np.concatenate([fit.theta, begun, fit.linewidths_hz])
    place = found if at is None else np.concatenate([at, begun, fit.linewidths_hz])
    project = Projection(LineModel(wider), fit.windows, fit.fid.grid, fit.scales)
    residual, jacobian = project(found).residual, project(place).jacobian
    inverse = inverse_information(jacobian)
    unseen = ~np.isfinite(np.diag(inverse))
    inverse[unseen, unseen] = 0.0
    half = len(residual) // 2
    slopes = jacobian[:half] * residual[:half, None] + jacobian[half:] * residual[half:, None]
    # The linear amplitudes and baselines were solved for too.
    free = len(residual) - len(place) - LINEAR * len(fit.windows)
    variances = [np.diag(inverse) * (residual @ residual) / max(free, 1)]
    for scatter in _scatters(slopes, [len(window.spectrum) for window in fit.windows], lags):
        variances.append(np.diag(inverse @ scatter @ inverse) * len(residual) / max(free, 1))
    variance = np.where(unseen, np.inf, np.max(variances, axis=0))
    return np.sqrt(variance[:count])


def _scatters(slopes: np.ndarray, lengths: Sequence[int], lags: int) -> Iterator[np.ndarray]:
    """S (P, P) for L = 0 … lags from s_f (F, P), windows of ``lengths`` points each by itself."""
    products = np.zeros((lags + 1, slopes.shape[1], slopes.shape[1]))
    for part in np.split(slopes, np.cumsum(lengths)[:-1]):
        for lag in range(min(lags, len(part) - 1) + 1):
            products[lag] += part[lag:].T @ part[: len(part) - lag]
    both = products + products.transpose(0, 2, 1)
    for largest in range(lags + 1):
        weights = 1 - np.arange(1, largest + 1) / (largest + 1)
        yield products[0] + np.tensordot(weights, both[1 : largest + 1], 1)


def _with_inner_couplings(parameters: Parameters) -> Parameters:
    """The same, with the couplings between spins that share an offset as separate parameters."""
    template = parameters.template
    taken = {pair for group in parameters.couplings for pair in group}
    inner = [
        ((i, j),)
        for unit in parameters.offsets
        for k, i in enumerate(sorted(unit))
        for j in sorted(unit)[k + 1 :]
        if template.couplings_hz[i, j] != 0 and (i, j) not in taken
    ]
    return Parameters(template, parameters.offsets, (*parameters.couplings, *inner))
