"""Measurements of an inference on fresh curves: score, gain, coverage, calibration, familiarity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from harness.report.records import Measurement
from harness.suites import intervals
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.faults import swapped_columns, too_narrow
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.baselines import MiddleOfPrior
from harness.tasks.echo.inference.posterior import Posterior
from harness.tasks.echo.inference.scores import (
    challenge_score,
    coverage,
    determination,
    sample_ranks,
    tarp,
    uniform_bound,
    uniform_distance,
)
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.recipe import named_recipe
from harness.tasks.echo.suites.measured import measured

LEVEL = 0.9


@lru_cache(maxsize=2)
def fresh_curves(recipe: str, count: int, seed: int) -> CurveSet:
    """Curves of a recipe with a separate seed; two suites share them."""
    return computed(named_recipe(recipe).with_(name=f"{recipe} {seed}", count=count, seed=seed), range(count))


@dataclass(frozen=True)
class Inferred:
    """A posterior evaluated for fresh curves with known labels."""

    posterior: Posterior
    curves: CurveSet
    samples: np.ndarray
    seed: int

    @classmethod
    def of(cls, posterior: Posterior, recipe: str, count: int, draws: int, seed: int) -> Inferred:
        """``count`` curves of a recipe with a separate seed; no training used them."""
        curves = fresh_curves(recipe, count, seed)
        return cls(posterior, curves, posterior.samples(curves.m, draws), seed)

    @property
    def truth(self) -> np.ndarray:
        """(n, V) labels."""
        return self.curves.known_labels()

    @property
    def calibration(self) -> int:
        """Number of curves that the posterior was calibrated on."""
        return int(self.posterior.record["calibration"]["count"])

    @property
    def case(self) -> str:
        """What records call it."""
        return f"{len(self.curves)} fresh curves, {self.curves.recipe['family']} kernel"

    @cached_property
    def gains(self) -> dict[str, float]:
        """Mean log density over that of the prior, by label."""
        values = self.posterior.log_density(self.curves.m, self.truth).mean(0)
        return dict(zip(self.posterior.prior.keys, values, strict=True))

    def with_samples(self, samples: np.ndarray) -> Inferred:
        """The same with other samples."""
        return Inferred(self.posterior, self.curves, samples, self.seed)


def score(subject: Any, found: Inferred) -> Measurement:
    """Err(500) of α, p and d together; ξ costs everybody 41.67."""
    result = challenge_score(found.samples.mean(1), found.truth, found.posterior.prior, without=("xi",))
    parts = ", ".join(f"{key} {value:.3g}" for key, value in result.parts.items())
    return measured(
        "Err(500) of α + p + d", found.case, subject, result.total, cases=len(found.truth), seed=found.seed,
        note=f"{parts}; standard error {result.standard_error:.2g}",
    )  # fmt: skip


def middle_score(subject: Any, found: Inferred) -> Measurement:
    """The same of the middle of the prior: the control."""
    middle = MiddleOfPrior(found.posterior.prior).estimate(found.curves.m)
    result = challenge_score(middle, found.truth, found.posterior.prior, without=("xi",))
    return measured("Err(500) of α + p + d", f"{found.case}, middle of the prior", subject, result.total)


def joint_gain(subject: Any, found: Inferred) -> Measurement:
    """The information of a curve about its labels, in nats."""
    parts = ", ".join(f"{key} {value:.3g}" for key, value in found.gains.items())
    return measured(
        "joint gain over the prior", found.case, subject, sum(found.gains.values()), unit="nat",
        cases=len(found.truth), note=parts,
    )  # fmt: skip


def null_gain(subject: Any, found: Inferred) -> Measurement:
    """The gain for ξ of a normalised power law; the curves contain no information about this ξ."""
    return measured("gain over the prior, ξ", found.case, subject, abs(found.gains["xi"]), unit="nat")


def length_determination(subject: Any, found: Inferred) -> Measurement:
    """R² of log ξ under the normalised Gaussian kernel."""
    place = found.posterior.prior.keys.index("xi")
    value = determination(np.log(found.samples[:, :, place]).mean(1), np.log(found.truth[:, place]))
    return measured("R² of log ξ", found.case, subject, value, cases=len(found.truth))


def coverages(subject: Any, found: Inferred) -> list[Measurement]:
    """Share of true labels in the central 90 % of their posterior, label by label."""
    inside = coverage(found.samples, found.truth, LEVEL)
    return [
        measured(
            f"coverage at 90 %, {label.symbol}", found.case, subject, value, cases=len(found.truth),
            interval=intervals.binomial(float(value) * len(found.truth), len(found.truth)),
        )
        for label, value in zip(found.posterior.prior.labels, inside, strict=True)
    ]


def rank_distances(subject: Any, found: Inferred) -> list[Measurement]:
    """Distance of the ranks of each label, and of TARP, from a uniform law, in units of its 5 % bound."""
    bound = uniform_bound(len(found.truth), found.calibration)
    ranks = sample_ranks(found.samples, found.truth)
    distances = {
        f"ranks, {label.symbol}": uniform_distance(ranks[:, k]) for k, label in enumerate(found.posterior.prior.labels)
    }
    distances["TARP"] = uniform_distance(tarp(found.samples, found.truth, found.posterior.prior))
    return [
        measured(f"{name}, over the 5 % bound", found.case, subject, value / bound, cases=len(found.truth))
        for name, value in distances.items()
    ]


def flagged(subject: Any, posterior: Posterior, count: int, seed: int) -> list[tuple[Measurement, str]]:
    """Share of curves that are called unfamiliar, by population, with the name of the target."""
    found = []
    for population in POPULATIONS.values():
        recipe = population.recipe.with_(name=population.name, count=count, seed=seed)
        if recipe.plan.points != posterior.features.plan.points:
            continue
        share = float(np.mean(~posterior.familiar(computed(recipe, range(count)).m)))
        target = {"home": "false_alarms", "gaussian kernel": ""}.get(population.name, "flagged")
        found.append(
            (measured("share called unfamiliar", population.name, subject, share, cases=count, seed=seed), target)
        )
    return found


def narrowed(found: Inferred) -> Inferred:
    """A posterior half as wide: a fault."""
    return found.with_samples(too_narrow(found.samples))


def swapped(found: Inferred) -> Inferred:
    """A posterior whose first two labels changed places: a fault."""
    return found.with_samples(swapped_columns(found.samples, found.posterior.prior.widths))


def kept_curves(found: Inferred, count: int = 4) -> dict[str, np.ndarray]:
    """The first curves with their labels and times, for the page."""
    times = 1e6 * found.curves.plan.times_s
    return {"m": found.curves.m[:count], "labels": found.truth[:count], "times_us": times}


def kept_labels(found: Inferred) -> dict[str, np.ndarray]:
    """True labels, medians and central 90 %, for the page."""
    low, median, high = np.quantile(found.samples, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2], axis=1)
    keys = np.array(found.posterior.prior.keys)
    return {"keys": keys, "truth": found.truth, "low": low, "median": median, "high": high}


def kept_ranks(found: Inferred) -> dict[str, np.ndarray]:
    """Ranks of the truth and TARP, for the page."""
    return {
        "keys": np.array(found.posterior.prior.keys),
        "ranks": sample_ranks(found.samples, found.truth),
        "tarp": tarp(found.samples, found.truth, found.posterior.prior),
        "bound": np.array(uniform_bound(len(found.truth), found.calibration)),
    }
