"""Conformal bands: those calibrated here compared with their exact distribution, and those that the subject gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.suites.asking import Claim, ask_uncertainty, measured
from harness.suites.capabilities import states_uncertainty
from harness.suites.uncertainty.measure import LEVELS, BandCoverage, band_coverage
from harness.suites.uncertainty.plan import BANDS, Plan, shipped_target
from harness.suites.uncertainty.signals import Drawn, Errors, absolute_of, radius_of, signals
from harness.task import Grid


def fresh(subject: Any, errors: Mapping[str, Errors], grid: Grid, plan: Plan) -> tuple[list[BandCoverage], list[Claim]]:
    """Bands calibrated here, on systems drawn like the test systems: their coverage has an exact distribution."""
    absolute = {name: absolute_of(values) for name, values in errors.items()}
    fitted = plan.calibrate(absolute["calibration"], grid, LEVELS)
    rng = np.random.default_rng(plan.seed)
    step = int(rng.integers(grid.points // 3, grid.points))
    coverages, claims = [], []
    for level in LEVELS:
        bands = {band.kind: band for band in fitted.bands(grid, [level])}
        for signal in signals(errors):
            radii = {kind: radius_of(band, signal) for kind, band in bands.items()}
            for regime in ("test", "outside"):
                error, promised = absolute[regime][signal], fitted.count if regime == "test" else None
                name = "fresh, in distribution" if regime == "test" else f"fresh, {plan.outside.name}"
                sup = band_coverage(name, "sup", signal, level, error, radii["sup"], promised)
                at_step = radii["pointwise"][[step]]
                one = band_coverage(name, "sample", signal, level, error[:, [step]], at_step, promised)
                coverages += [sup, one]
                for band in (sup, one):
                    judged = level == plan.judged_level and band.law is not None
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


def shipped(
    subject: Any, drawn: Drawn, errors: Mapping[str, Errors], grid: Grid, plan: Plan
) -> tuple[list[BandCoverage], list[Claim]]:
    """The bands that the subject itself states, judged by their stated level."""
    coverages, claims = [], []
    if not states_uncertainty(subject):
        return [], []  # excluded beforehand
    for name in ("test", "outside"):
        regime, systems = drawn[name]
        prediction, why = ask_uncertainty(subject, systems, grid, "conformal")
        if prediction is None:
            return [], [Claim(measured(BANDS, regime.name, subject, None, absent=why))]
        absolute = absolute_of(errors[name])
        for number, band in enumerate(prediction.bands[0]):
            for signal in signals(errors):
                radius = np.stack([radius_of(bands[number], signal) for bands in prediction.bands])
                place = "shipped, in distribution" if name == "test" else f"shipped, {regime.name}"
                found = band_coverage(place, band.kind, signal, band.level, absolute[signal], radius, None)
                judged = name == "test" and band.level in plan.shipped_levels
                metric = f"coverage of the shipped {band.level:.0%} {band.kind} band of {signal}"
                claims.append(
                    Claim(measured(metric, place, subject, found.coverage, seed=plan.seed, interval=found.interval,
                                   cases=found.cases), shipped_target(band.level) if judged else None)
                )  # fmt: skip
                if band.level == plan.judged_level:
                    coverages.append(found)
    return coverages, claims
