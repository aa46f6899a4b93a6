"""Experiment 7: are the stated uncertainties the right size, and are they large where the error is?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from harness.suites import intervals
from harness.suites.asking import Claim, Tier, Truths, ask, ask_uncertainty, measured
from harness.suites.capabilities import states_uncertainty
from harness.tasks.spins.suites.measure.draws import Regime, chains
from harness.tasks.spins.suites.measure.uq import LEVELS, BandCoverage, UqResult, band_coverage, uq_result
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

JUDGED_LEVEL = 0.90
SHIPPED_LEVELS = (0.50, 0.68, 0.90)
"""Levels at which the bands that a subject ships are judged."""
PROBE = 4
FEWEST = 60
ROUNDING = 1e-11
"""Errors below this are rounding, of which no uncertainty can be asked."""


@dataclass(frozen=True)
class Plan:
    """Size of the chains, fresh calibration and test cases, cases out of distribution, the seed, and seconds.

    ``budget_s`` is what asking for all cases may take: of a slower subject fewer are asked for, see :func:`affordable`.
    """

    spins: int
    calibration: int
    test: int
    outside: int
    seed: int = 70
    budget_s: float = 600.0

    @property
    def cases(self) -> int:
        """Cases in all."""
        return self.calibration + self.test + self.outside


# A tenth of the calibration cases gives the shape of the band: 11 200 leave more than 10 000 scores.
PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan(4, 1000, 2000, 400, budget_s=240.0),
    "nightly": Plan(5, 11_200, 10_000, 1000),
    "full": Plan(6, 11_200, 10_000, 2000),
}


@dataclass(frozen=True, eq=False)
class Outcome:
    """Standard deviations per regime, conformal bands, claims for the verdicts."""

    results: list[UqResult]
    bands: list[BandCoverage]
    claims: list[Claim]


def run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    """Standard deviations in and out of distribution; bands calibrated here; the bands that the subject ships.

    The fresh bands are calibrated on systems drawn exactly like the test systems, with disjoint seeds, so that their
    coverage follows the Beta-binomial law whatever the subject is; they show that the calibration code is right. The
    shipped bands are judged by what they promise.
    """
    inside = chains(plan.spins)
    asked, undone = affordable(subject, plan)
    if asked is None:
        return Outcome(
            [], [], [Claim(measured("coverage", inside.name, subject, None, absent=undone), "conformal_law")]
        )
    found = _run(subject, asked, truths)
    if undone:
        found.claims.append(Claim(measured("cases not done", inside.name, subject, None, absent=undone)))
    return found


def affordable(subject: Any, plan: Plan) -> tuple[Plan | None, str]:
    """The plan, or as much of it as the budget allows and why; None if not even ``FEWEST`` calibration cases fit in.

    A few cases are asked for first, twice, and the shorter of both times is what all others are taken to take: how many
    cases a verdict rests on must not depend on what else the machine is doing.
    """
    probe, grid = chains(plan.spins).draw(PROBE, plan.seed + 3), chains(plan.spins).grid
    subject.answers(probe[:1], grid)  # what a first call loads is not what a case costs
    times = []
    for _ in range(2):
        begun = perf_counter()
        subject.answers(probe, grid)
        times.append((perf_counter() - begun) / PROBE)
    seconds = min(times)
    # Means, standard deviations and bands are asked for in turn.
    share = plan.budget_s / (3 * seconds * plan.cases)
    if share >= 1:
        return plan, ""
    fewer = replace(
        plan, calibration=int(share * plan.calibration), test=int(share * plan.test), outside=int(share * plan.outside)
    )
    pace = f"a case takes {seconds:.2g} s, and this tier allows {plan.budget_s:g} s"
    if fewer.calibration < FEWEST:
        return None, f"none of {plan.cases} cases done: {pace}, in which fewer than {FEWEST} can be calibrated on"
    return fewer, f"{plan.cases - fewer.cases} of {plan.cases} cases not done: {pace}"


def _run(subject: Any, plan: Plan, truths: Truths) -> Outcome:
    inside = chains(plan.spins)
    outside = Regime("J 20-35 Hz", plan.spins, couplings_hz=(20.0, 35.0))
    drawn = {
        "calibration": (inside, inside.draw(plan.calibration, plan.seed)),
        "test": (inside, inside.draw(plan.test, plan.seed + 1)),
        "outside": (outside, outside.draw(plan.outside, plan.seed + 2)),
    }
    grid = inside.grid
    errors: dict[str, np.ndarray] = {}
    for name, (regime, systems) in drawn.items():
        answers = ask(subject, systems, grid)
        if answers.refusal or answers.problem:
            why = f"not supported: {answers.refusal}" if answers.refusal else ""
            missing = measured("coverage", regime.name, subject, None, absent=why, problem=answers.problem)
            return Outcome([], [], [Claim(missing, None)])
        errors[name] = _errors(answers.trajectories, truths(systems, grid))
    if float(np.sqrt(np.mean(errors["test"] ** 2))) < ROUNDING:
        why = f"{subject.name} is exact to rounding here: there is no error to state an uncertainty of"
        return Outcome([], [], [Claim(measured("coverage", inside.name, subject, None, absent=why))])
    scale = float(np.sqrt(np.mean(errors["calibration"][:, :2] ** 2)))
    results, claims = _spread(subject, drawn, errors, grid, scale, plan.seed)
    fresh, fresh_claims = _fresh(subject, errors, grid, plan)
    shipped, shipped_claims = _shipped(subject, drawn, errors, grid, plan)
    return Outcome(results, [*fresh, *shipped], [*claims, *fresh_claims, *shipped_claims])


def _errors(predicted: Sequence[Trajectory | None], truths: Sequence[Trajectory]) -> np.ndarray:
    """(cases, components, T): differences of mx, my and, where given, i1z."""
    rows = []
    for one, truth in zip(predicted, truths, strict=True):
        assert one is not None
        parts = [np.asarray(one.mx) - truth.mx, np.asarray(one.my) - truth.my]
        if one.i1z is not None:
            parts.append(one.i1z - truth.i1z)
        rows.append(np.stack(parts))
    return np.stack(rows)


Drawn = Mapping[str, tuple[Regime, list[SpinSystem]]]


def _spread(
    subject: Any, drawn: Drawn, errors: Mapping[str, np.ndarray], grid: TimeGrid, scale: float, seed: int
) -> tuple[list[UqResult], list[Claim]]:
    results: list[UqResult] = []
    if not states_uncertainty(subject):
        return [], []  # excluded beforehand
    for name in ("test", "outside"):
        regime, systems = drawn[name]
        prediction, why = ask_uncertainty(subject, systems, grid, "mc")
        if prediction is None:
            return [], [Claim(measured("coverage of standard deviations", regime.name, subject, None, absent=why))]
        std = np.stack([np.stack([np.asarray(s.mx), np.asarray(s.my)]) for s in prediction.std])
        results.append(uq_result(regime.name, "std of M", errors[name][:, :2], std, scale))
    first = results[0]
    gains = first.sparsification
    claims = []
    for result in results:
        target = "std_gap" if result is first else None
        for level, covered in zip(result.calibration.levels, result.calibration.coverage, strict=True):
            name = f"coverage of {level:.0%} intervals"
            claims.append(Claim(measured(name, result.regime, subject, covered, seed=seed)))
        gap = result.gap_interval(np.random.default_rng(seed))
        numbers = (
            ("largest |coverage - level|", result.calibration.worst_gap, target, gap),
            ("sharpness (RMS std)", result.calibration.sharpness, None, None),
            ("calibration error, constant width", result.constant.calibration_error, None, None),
            ("calibration error", result.calibration.calibration_error, None, None),
        )
        claims += [
            Claim(measured(m, result.regime, subject, v, seed=seed, interval=i, cases=result.cases), t)
            for m, v, t, i in numbers
        ]
    # A std of rounding noise still has an order, which says nothing that a reader could use.
    silent = first.calibration.sharpness < ROUNDING
    ranks = 0.0 if silent or math.isnan(first.ranks) else first.ranks
    note = "the stated std is 0 to rounding, or constant" if ranks == 0.0 else ""
    name = "rank correlation of std and error"
    known = intervals.rank_correlation(ranks, first.cases)
    claims.append(
        Claim(measured(name, first.regime, subject, ranks, seed=seed, note=note, interval=known, cases=first.cases),
              "std_ranks")
    )  # fmt: skip
    ratio = gains.ause / gains.ause_random if gains.ause_random else math.nan
    known = first.order_interval(np.random.default_rng(seed))
    name = "sparsification error over random order"
    claims.append(
        Claim(measured(name, first.regime, subject, ratio, seed=seed, interval=known, cases=first.cases),
              "sparsification")
    )  # fmt: skip
    return results, claims


def _fresh(
    subject: Any, errors: Mapping[str, np.ndarray], grid: TimeGrid, plan: Plan
) -> tuple[list[BandCoverage], list[Claim]]:
    from harness.surrogates.conformal import calibrate

    absolute = {name: _absolute(values) for name, values in errors.items()}
    fitted = calibrate(absolute["calibration"], grid, LEVELS)
    rng = np.random.default_rng(plan.seed)
    step = int(rng.integers(grid.points // 3, grid.points))
    coverages, claims = [], []
    for level in LEVELS:
        bands = {band.kind: band for band in fitted.bands(grid, [level])}
        for signal in _signals(errors):
            radii = {kind: np.asarray(getattr(band, f"{signal}_radius")) for kind, band in bands.items()}
            for regime in ("test", "outside"):
                error, promised = absolute[regime][signal], fitted.count if regime == "test" else None
                name = "fresh, in distribution" if regime == "test" else "fresh, J 20-35 Hz"
                sup = band_coverage(name, "sup", signal, level, error, radii["sup"], promised)
                at_step = radii["pointwise"][[step]]
                one = band_coverage(name, "sample", signal, level, error[:, [step]], at_step, promised)
                coverages += [sup, one]
                for band in (sup, one):
                    judged = level == JUDGED_LEVEL and band.law is not None
                    claims += _law_claims(subject, band, judged, plan.seed)
    return coverages, claims


def _law_claims(subject: Any, band: BandCoverage, judged: bool, seed: int) -> list[Claim]:
    law = band.law
    note = (
        f"99 % of the exact law: {law.low:.4f} … {law.high:.4f}" if law else "nothing is promised out of distribution"
    )
    name = f"coverage of the {band.level:.0%} {band.kind} band of {band.observable}"
    claims = [Claim(measured(name, band.regime, subject, band.coverage, note=note, seed=seed))]
    if judged and law is not None:
        half = (law.high - law.low) / 2
        distance = abs(band.coverage - (law.high + law.low) / 2) / half
        metric = f"{name}, distance from the middle of its 99 % law over the half width"
        note = f"{band.coverage:.4f} in {law.low:.4f} … {law.high:.4f}, n = {law.calibration}, m = {law.test}"
        claims.append(Claim(measured(metric, band.regime, subject, distance, note=note, seed=seed), "conformal_law"))
    return claims


def _shipped(
    subject: Any, drawn: Drawn, errors: Mapping[str, np.ndarray], grid: TimeGrid, plan: Plan
) -> tuple[list[BandCoverage], list[Claim]]:
    coverages, claims = [], []
    if not states_uncertainty(subject):
        return [], []  # excluded beforehand
    for name in ("test", "outside"):
        regime, systems = drawn[name]
        prediction, why = ask_uncertainty(subject, systems, grid, "conformal")
        if prediction is None:
            return [], [Claim(measured("coverage of shipped bands", regime.name, subject, None, absent=why))]
        absolute = _absolute(errors[name])
        for number, band in enumerate(prediction.bands[0]):
            for signal in _signals(errors):
                radii = [getattr(bands[number], f"{signal}_radius") for bands in prediction.bands]
                radius = np.stack([np.asarray(one) for one in radii])
                place = "shipped, in distribution" if name == "test" else f"shipped, {regime.name}"
                found = band_coverage(place, band.kind, signal, band.level, absolute[signal], radius, None)
                judged = name == "test" and band.level in SHIPPED_LEVELS
                metric = f"coverage of the shipped {band.level:.0%} {band.kind} band of {signal}"
                claims.append(
                    Claim(measured(metric, place, subject, found.coverage, seed=plan.seed, interval=found.interval,
                                   cases=found.cases), f"shipped_coverage_{band.level:.0%}"[:-1] if judged else None)
                )  # fmt: skip
                if band.level == JUDGED_LEVEL:
                    coverages.append(found)
    return coverages, claims


def _signals(errors: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """The signals that the subject gives, with errors above rounding: equal scores of 0 follow no law."""
    absolute = _absolute(errors["test"])
    return tuple(name for name, values in absolute.items() if np.sqrt(np.mean(values**2)) >= ROUNDING)


def _absolute(error: np.ndarray) -> dict[str, np.ndarray]:
    """|ΔM| and |ΔI_1z|, (cases, T) each; I_1z of a subject without it is taken as 0 error."""
    i1z = np.abs(error[:, 2]) if error.shape[1] > 2 else np.zeros_like(error[:, 0])
    return {"m": np.hypot(error[:, 0], error[:, 1]), "i1z": i1z}
