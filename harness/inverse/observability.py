"""Which parameters does a measured FID determine, and how well, when all that is not known is taken as unknown?

The standard errors of :mod:`harness.inverse.measured` are those of white noise with everything known that is not
fitted. Neither holds: what is left of a good fit is line shape, which is alike at neighbouring frequencies; and
couplings inside a CH2 group are taken from a table, though the difference of the two couplings to the next group (J -
J' of an AA'XX' system) shows in the same small splittings. Here those are unknown too, and the covariance is

    F⁻¹ S F⁻¹,   F = Σ g gᵀ,   S = Σ_lags (1 - |lag|/(L+1)) Σ_f s_f s_{f+lag}ᵀ,   s_f = g_f r_f,

g the derivatives of the residuals r, which holds for residuals that are correlated over up to L frequencies.

Source: W. K. Newey, K. D. West, Econometrica 55, 703 (1987); for independent residuals this is the inverse Fisher
information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.inverse.parameters import Parameters
from harness.inverse.projection import Projection

if TYPE_CHECKING:
    from harness.inverse.measured import MeasuredFit

STEP_HZ = 1e-3
LAGS = 20


def standard_errors(fit: MeasuredFit, at: np.ndarray | None = None, lags: int = LAGS) -> np.ndarray:
    """(P,) standard errors of a fit's parameters in Hz, everything else unknown.

    Parameters
    ----------
    fit
        The fit; its residuals say how large and how alike from frequency to frequency the errors are.
    at
        Parameters (P,) at which the signal's derivatives are taken; by default those found. What cannot be seen at the
        true values may be seen well at wrong ones.
    lags
        L, in points of the spectrum.
    """
    wider = _with_inner_couplings(fit.parameters)
    count = len(fit.parameters)
    begun = wider.mean_of(wider.template)[count:]
    found = np.concatenate([fit.theta, begun, fit.linewidths_hz])
    place = found if at is None else np.concatenate([at, begun, fit.linewidths_hz])
    project = Projection(wider, fit.windows, fit.fid.grid)
    residual = project(found)[0]
    steps = STEP_HZ * np.eye(len(place))
    jacobian = np.stack([(project(place + s)[0] - project(place - s)[0]) / (2 * STEP_HZ) for s in steps], axis=1)
    half = len(residual) // 2
    slopes = jacobian[:half] * residual[:half, None] + jacobian[half:] * residual[half:, None]
    scatter = np.zeros((len(place), len(place)))
    start = 0
    for window in fit.windows:
        part = slopes[start : start + len(window.spectrum)]
        start += len(window.spectrum)
        scatter += part.T @ part
        for lag in range(1, min(lags, len(part) - 1) + 1):
            other = part[lag:].T @ part[:-lag]
            scatter += (1 - lag / (lags + 1)) * (other + other.T)
    # Scaled to a unit diagonal, so that "singular" does not depend on units.
    information = jacobian.T @ jacobian
    size = np.sqrt(np.diag(information))
    size = np.where(size > 0, size, 1.0)  # couplings inside an equivalent group show nowhere
    inverse = np.linalg.pinv(information / np.outer(size, size), rcond=1e-12) / np.outer(size, size)
    # As many linear amplitudes and baselines as there are were solved for beside.
    free = len(residual) - len(place) - 6 * len(fit.windows)
    covariance = inverse @ scatter @ inverse * len(residual) / max(free, 1)
    return np.sqrt(np.maximum(np.diag(covariance)[:count], 0.0))


def _with_inner_couplings(parameters: Parameters) -> Parameters:
    """The same, with the couplings between spins that share an offset as parameters of their own."""
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
