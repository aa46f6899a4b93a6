"""Bands of a forward surrogate on fresh curves: a share of single draws that is promised lies inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from harness.report.records import Measurement
from harness.subjects import NamedSubject
from harness.suites import intervals
from harness.suites.statistics import coverage_law
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.forward.surrogate import ForwardSurrogate
from harness.tasks.echo.model import EchoModel
from harness.tasks.echo.suites.inference import fresh_curves
from harness.tasks.echo.suites.measured import FRESH, measured
from harness.tasks.echo.suites.sizes import SIZES

LEVEL = 0.9
TOO_NARROW = 0.8
"""The control: bands of so much of their width."""


def forward_of(subject: Any) -> ForwardSurrogate | None:
    """The forward surrogate of a subject, None if it is something else."""
    if not isinstance(subject, NamedSubject) or not isinstance(subject.model, EchoModel):
        return None
    return subject.model.forward


def narrowed(forward: ForwardSurrogate) -> ForwardSurrogate:
    """With bands that are too narrow: a fault."""
    return replace(forward, pointwise=TOO_NARROW * forward.pointwise, sup=TOO_NARROW * forward.sup)


def of_run(subject: Any, forward: ForwardSurrogate, options: Any) -> list[Measurement]:
    """The bands on the fresh curves of a run."""
    seed = FRESH + options.fresh_seed
    return coverages(subject, forward, fresh_curves("test", SIZES[options.tier].curves, seed), seed)


def coverages(subject: Any, forward: ForwardSurrogate, curves: CurveSet, seed: int) -> list[Measurement]:
    """Coverage of both bands of 90 %: its distance from the middle of its law, over the half width of 99 % of the law.

    The band for whole curves, and that for single samples, of which one of each curve counts: samples of one curve
    depend on each other, and the law is that of independent ones.
    """
    labels = curves.known_labels()[:, [curves.prior.keys.index(key) for key in forward.prior.keys]]
    scores = np.abs(curves.m - forward.mean_labels(labels)) / forward.sd_labels(labels)
    row = forward.levels.index(LEVEL)
    one = np.random.default_rng(seed).integers(scores.shape[1], size=len(scores))
    inside = {
        "whole curves": np.all(scores <= forward.sup[row], axis=1),
        "one sample of each curve": np.take_along_axis(scores <= forward.pointwise[row], one[:, None], axis=1)[:, 0],
    }
    law = coverage_law(LEVEL, int(forward.record["calibration"]["count"]), len(scores))
    middle, half = 0.5 * (law.low + law.high), 0.5 * (law.high - law.low)
    found = []
    for name, rows in inside.items():
        share, known = float(np.mean(rows)), intervals.share(rows)
        found.append(
            measured(
                f"coverage of the 90 % band, {name}, distance over the half width of its law",
                f"{len(scores)} fresh curves", subject, abs(share - middle) / half, cases=len(scores), seed=seed,
                note=f"coverage {share:.4f} ({known}); 99 % of the law: {law.low:.4f} … {law.high:.4f}",
            )
        )  # fmt: skip
    return found
