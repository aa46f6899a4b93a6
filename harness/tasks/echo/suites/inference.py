"""Measurements of an inference on fresh curves: score, gain, coverage, calibration, familiarity."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from harness.tasks.echo.suites.sizes import Sizes

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
    def training(self) -> int:
        """Number of curves that the posterior was trained on."""
        return int(self.posterior.record["curves"]["count"])

    @property
    def case(self) -> str:
        """What records call it."""
        return f"{len(self.curves)} fresh curves, {self.curves.recipe['family']} kernel"

    @property
    def about(self) -> dict[str, Any]:
        """Number of curves and seed, for every record."""
        return {"cases": len(self.curves), "seed": self.seed}

    @property
    def generator(self) -> np.random.Generator:
        """For bootstrap intervals."""
        return np.random.default_rng(self.seed)

    @cached_property
    def information(self) -> np.ndarray:
        """(n, V) log density of every true label over that of the prior."""
        return self.posterior.log_density(self.curves.m, self.truth)

    @property
    def gains(self) -> dict[str, float]:
        """Mean of :attr:`information`, by label."""
        return dict(zip(self.posterior.prior.keys, self.information.mean(0), strict=True))

    def with_samples(self, samples: np.ndarray) -> Inferred:
        """The same with other samples."""
        return Inferred(self.posterior, self.curves, samples, self.seed)


def score(subject: Any, found: Inferred) -> Measurement:
    """Err(500) of α, p and d together; ξ costs everybody 41.67."""
    return _score(subject, found, found.samples.mean(1), found.case)


def score_of_training(subject: Any, found: Inferred) -> Measurement:
    """The same number, for the target that depends on the number of curves of training."""
    return replace(score(subject, found), case=f"{found.case}, {found.training:,} curves of training")


def middle_score(subject: Any, found: Inferred) -> Measurement:
    """The same of the middle of the prior: the control."""
    middle = MiddleOfPrior(found.posterior.prior).estimate(found.curves.m)
    return _score(subject, found, middle, f"{found.case}, middle of the prior")


def _score(subject: Any, found: Inferred, estimates: np.ndarray, case: str) -> Measurement:
    result = challenge_score(estimates, found.truth, found.posterior.prior, without=("xi",))
    parts = ", ".join(f"{key} {value:.3g}" for key, value in result.parts.items())
    return measured(
        "Err(500) of α + p + d", case, subject, result.total,
        interval=intervals.normal(result.total, result.standard_error),
        note=f"{parts}; standard error {result.standard_error:.2g}", **found.about,
    )  # fmt: skip


def joint_gain(subject: Any, found: Inferred) -> Measurement:
    """The information of a curve about its labels, in nats."""
    parts = ", ".join(f"{key} {value:.3g}" for key, value in found.gains.items())
    return measured(
        "joint gain over the prior", found.case, subject, sum(found.gains.values()), unit="nat", note=parts,
        interval=intervals.mean(found.information.sum(1), found.generator), **found.about,
    )  # fmt: skip


def null_gain(subject: Any, found: Inferred) -> Measurement:
    """The gain for ξ of a normalised power law; the curves contain no information about this ξ."""
    values = found.information[:, found.posterior.prior.keys.index("xi")]
    known = intervals.bootstrap(lambda rows: abs(float(rows.mean())), [values], found.generator)
    return measured(
        "gain over the prior, ξ", found.case, subject, abs(found.gains["xi"]), unit="nat", interval=known, **found.about
    )


def length_determination(subject: Any, found: Inferred) -> Measurement:
    """R² of log ξ under the normalised Gaussian kernel."""
    place = found.posterior.prior.keys.index("xi")
    columns = np.log(found.samples[:, :, place]).mean(1), np.log(found.truth[:, place])
    known = intervals.bootstrap(determination, columns, found.generator)
    return measured("R² of log ξ", found.case, subject, determination(*columns), interval=known, **found.about)


def coverages(subject: Any, found: Inferred) -> list[Measurement]:
    """Share of true labels in the central 90 % of their posterior, label by label."""
    inside, count = coverage(found.samples, found.truth, LEVEL), len(found.truth)
    return [
        measured(
            f"coverage at 90 %, {label.symbol}", found.case, subject, share,
            interval=intervals.binomial(share * count, count), **found.about,
        )
        for label, share in zip(found.posterior.prior.labels, map(float, inside), strict=True)
    ]  # fmt: skip


def rank_distances(subject: Any, found: Inferred) -> list[Measurement]:
    """Distance of the ranks of each label, and of TARP, from a uniform law, in units of its 5 % bound.

    They have no interval of their own: the scatter of the number is what the bound is made of.
    """
    bound = uniform_bound(len(found.truth), found.calibration)
    ranks = sample_ranks(found.samples, found.truth)
    distances = {
        f"ranks, {label.symbol}": uniform_distance(ranks[:, k]) for k, label in enumerate(found.posterior.prior.labels)
    }
    distances["TARP"] = uniform_distance(tarp(found.samples, found.truth, found.posterior.prior))
    return [
        measured(f"{name}, over the 5 % bound", found.case, subject, value / bound, **found.about)
        for name, value in distances.items()
    ]


def flagged(subject: Any, posterior: Posterior, sizes: Sizes, seed: int) -> list[tuple[Measurement, str]]:
    """Share of curves that are called unfamiliar, by population, with the name of the target.

    Ordinary curves are the fresh ones on which the posterior is judged: there are enough of them for a share of 5 %.
    """
    found = []
    for population in POPULATIONS.values():
        if population.recipe.plan.points != posterior.features.plan.points:
            continue
        if population.name == "home":
            curves = fresh_curves("test", sizes.curves, seed)
        else:
            recipe = population.recipe.with_(name=population.name, count=sizes.shifted, seed=seed)
            curves = computed(recipe, range(sizes.shifted))
        unfamiliar = ~posterior.familiar(curves.m)
        target = {"home": "false_alarms", "gaussian kernel": ""}.get(population.name, "flagged")
        one = measured(
            "share called unfamiliar", population.name, subject, float(np.mean(unfamiliar)),
            interval=intervals.share(unfamiliar), cases=len(curves), seed=seed,
        )  # fmt: skip
        found.append((one, target))
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
