"""The noise of a measured spectrum, from where there is no signal."""

from __future__ import annotations

import numpy as np

BLOCK = 32
"""Points whose differences give one estimate of the variance."""

QUIET = 0.25
"""Part of the blocks that is taken to hold no line: in a spectrum of a solution signals fill far less than the rest."""


def noise_of(spectrum: np.ndarray) -> float:
    """Standard deviation of the noise per real component of a spectrum (F,) that was neither zero-filled nor smoothed.

    Second differences s_k - 2 s_{k+1} + s_{k+2} have six times the variance of white noise and hardly depend on the
    tails of lines. Of blocks of them the quantile ``QUIET`` is taken, over what this quantile is of the distribution of
    such estimates for unit noise. The outer tenths of the spectrum are left out: there digital filters damp. At least
    ``ROUNDING`` of the largest sample, for signals without noise.
    """
    from scipy.stats import chi2

    edge = len(spectrum) // 10
    inner = spectrum[edge : len(spectrum) - edge]
    second = inner[:-2] - 2 * inner[1:-1] + inner[2:]
    # Every third difference shares no sample with the next.
    apart = second[::3]
    size = min(BLOCK, len(apart))
    blocks = apart[: len(apart) // size * size].reshape(-1, size)
    freedom = 2 * size
    variance = np.sum(np.abs(blocks) ** 2, axis=1) / freedom / 6
    noise = float(np.sqrt(np.quantile(variance, QUIET) * freedom / chi2.ppf(QUIET, freedom)))
    return max(noise, ROUNDING * float(np.abs(spectrum).max()))


ROUNDING = 1e-7
"""What lines that are taken as one (:mod:`harness.tasks.spins.inverse.line_model`) cost, relative to the largest
sample.
"""

LINE_SIGMA = 5.5
"""A line this much above the noise is one: in some hundred places noise has one in one of ten thousand spectra."""


def at_noise(residual: np.ndarray, offset_hz: np.ndarray, linewidth_hz: float, noise: float) -> bool:
    """Whether a residual (F,) complex is noise alone: neither its energy nor any line in it is more than that.

    The mean square of F complex samples of white noise scatters by 1/√F; four standard deviations, and 5 % for the
    estimate of the noise itself. Lines are looked for at every sample, with a filter matched to ``linewidth_hz``:
    in the width of a window a weak line is little energy.
    """
    energy = float(np.mean(np.abs(residual) ** 2)) / (2 * noise**2)
    if energy > 1.05 + 4 / np.sqrt(len(residual)):
        return False
    lines = 1 / (0.5 * linewidth_hz + 1j * (offset_hz[:, None] - offset_hz[None, :]))
    lines /= np.linalg.norm(lines, axis=0)
    return float(np.max(np.abs(lines.conj().T @ residual))) < LINE_SIGMA * noise
