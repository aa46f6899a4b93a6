"""Measures of an inference: the score of the challenge, gain over the prior, coverage, rank calibration, TARP."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.labels import Prior

CURVES_OF_CHALLENGE = 500


@dataclass(frozen=True)
class Score:
    """Err(500) = 500 Σ_v mean(((v̂ − v)/w_v)²): ``parts`` by label, their ``total`` and its standard error."""

    parts: dict[str, float]
    total: float
    standard_error: float


def challenge_score(estimates: np.ndarray, truth: np.ndarray, prior: Prior, without: tuple[str, ...] = ()) -> Score:
    """The score of point estimates (n, V) of labels (n, V), w the widths of the ranges; lower is better.

    A label that no curve determines costs 500/12 = 41.67 with the middle of its range; ``without`` leaves labels out.

    Raises
    ------
    InputError
        For tables of different shapes, or estimates that are not finite.
    """
    if estimates.shape != truth.shape or estimates.shape[-1] != len(prior.labels):
        raise InputError(f"estimates {estimates.shape} and labels {truth.shape} must both be (n, {len(prior.labels)})")
    if not np.all(np.isfinite(estimates)):
        raise InputError("an estimate is not finite: no score")
    squares = CURVES_OF_CHALLENGE * ((estimates - truth) / prior.widths) ** 2
    counted = [k for k, key in enumerate(prior.keys) if key not in without]
    parts = {prior.keys[k]: float(squares[:, k].mean()) for k in counted}
    sums = squares[:, counted].sum(axis=1)
    return Score(parts, float(sums.mean()), float(sums.std(ddof=1) / np.sqrt(len(sums))))


def coverage(samples: np.ndarray, truth: np.ndarray, level: float) -> np.ndarray:
    """(V,) share of true labels (n, V) inside the central interval of ``level`` of their samples (n, S, V)."""
    # Draws are stratified: the k-th smallest of S has the probability (k − 1/2)/S below it.
    low, high = np.quantile(samples, [0.5 * (1 - level), 0.5 * (1 + level)], axis=1, method="hazen")
    return np.mean((truth >= low) & (truth <= high), axis=0)


def sample_ranks(samples: np.ndarray, truth: np.ndarray, seed: int = 0) -> np.ndarray:
    """(n, V) rank of the truth among its samples (n, S, V), in 0 … 1: uniform for a calibrated posterior.

    Simulation-based calibration: S. Talts et al., arXiv 1804.06788. See :func:`continuous_ranks`.
    """
    return continuous_ranks(np.sum(samples < truth[:, None, :], axis=1), samples.shape[1], np.random.default_rng(seed))


def continuous_ranks(counts: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Counts of smaller samples, out of ``draws``, as ranks in 0 … 1: (count + u)/(draws + 1), u uniform at random.

    A count itself has draws + 1 values only, whose distance from a uniform law is 1/(draws + 1) even for a
    calibrated posterior: for 64 draws a third of the 5 % bound of 1,500 ranks.
    """
    return (counts + rng.random(counts.shape)) / (draws + 1)


def uniform_distance(ranks: np.ndarray) -> float:
    """Largest distance between the empirical distribution of ranks (n,) and the uniform one (Kolmogorov–Smirnov)."""
    ordered, n = np.sort(ranks), len(ranks)
    steps = np.arange(n)
    return float(max(np.max(ordered - steps / n), np.max((steps + 1) / n - ordered)))


def uniform_bound(n: int, calibration: int | None = None) -> float:
    """What :func:`uniform_distance` of n uniform ranks exceeds in 5 % of all cases (asymptotic).

    Ranks that were made uniform on ``calibration`` other curves have the error of that sample as well.
    """
    return 1.358 * float(np.sqrt(1.0 / n + (1.0 / calibration if calibration else 0.0)))


def tarp(samples: np.ndarray, truth: np.ndarray, prior: Prior, seed: int = 0) -> np.ndarray:
    """(n,) credibility of the truth in balls about random points: uniform for a calibrated joint posterior.

    The share of samples (n, S, V) that lie nearer to a point drawn from the prior than the truth (n, V) does, distances
    in fractions of the ranges. Source: P. Lemos et al., Sampling-Based Accuracy Testing of Posterior Estimators, ICML
    2023.
    """
    rng = np.random.default_rng(seed)
    points = rng.random(truth.shape)
    near = np.linalg.norm(prior.to_unit(truth) - points, axis=-1)
    distances = np.linalg.norm(prior.to_unit(samples) - points[:, None, :], axis=-1)
    return continuous_ranks(np.sum(distances < near[:, None], axis=1), samples.shape[1], rng)


def determination(estimates: np.ndarray, truth: np.ndarray) -> float:
    """R² = 1 − Σ(v̂ − v)²/Σ(v − mean v)² of one label (n,): 1 is perfect, 0 no better than the mean."""
    return float(1.0 - np.sum((estimates - truth) ** 2) / np.sum((truth - truth.mean()) ** 2))
