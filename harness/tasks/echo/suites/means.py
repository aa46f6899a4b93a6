"""Errors of mean curves: at the labels with stored means of many draws, and at labels drawn for this run."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.report.records import Interval, Measurement
from harness.subjects import NamedSubject
from harness.suites import intervals
from harness.suites.asking import ask
from harness.suites.metrics import rmse
from harness.tasks.echo.draws import DRAWS, draws_of, squared_distance, standard_error
from harness.tasks.echo.means import AVERAGED, SET, stored_means
from harness.tasks.echo.methods import Uncoupled
from harness.tasks.echo.plan import CHALLENGE
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import MEAN, curve_of
from harness.tasks.echo.suites.measured import FRESH, measured
from harness.tasks.echo.system import EchoSystem

UNCOUPLED = NamedSubject("uncoupled spins", "reference", Uncoupled(), {}, "echo")
ABSENT = "the subject gives no mean over draws"
RESAMPLES = 400


def stored_median(subject: Any) -> Measurement:
    """Median over the stored means; its interval is that of twelve labels, the error of the truth is in the note."""
    about: dict[str, Any] = {"cases": len(AVERAGED), "seed": SET.seed}
    curves, problem = mean_curves(subject, list(AVERAGED))
    metric, case = "median RMSE of mean M", f"{len(AVERAGED)} labels of the set {SET.name}"
    if curves is None:
        return measured(metric, case, subject, None, problem=problem, absent="" if problem else ABSENT)
    stored = [stored_means()[system.fingerprint, CHALLENGE] for system in AVERAGED]
    errors = [rmse(mine - one.mean) for mine, one in zip(curves, stored, strict=True)]
    worst = int(np.argmax(errors))
    of_truth = float(np.median([one.standard_error for one in stored]))
    return measured(
        metric, case, subject, float(np.median(errors)), interval=intervals.median(errors),
        worst=f"{AVERAGED[worst].name}: {errors[worst]:.2e}",
        note=f"truth: means of {stored[0].draws} draws, standard error {of_truth:.1e}, which is part of the number",
        **about,
    )  # fmt: skip


def fresh(subject: Any, count: int, seed: int) -> list[tuple[Measurement, str]]:
    """The median error at ``count`` labels of this run, with the name of the target; each label.

    The truth is the mean of draws that are computed now. Its own error is as large as that of a good surrogate, and is
    subtracted from the squared distance, see :func:`harness.tasks.echo.draws.squared_distance`. The interval shows the
    sampling error of the draws; the labels are taken as they are.
    """
    about: dict[str, Any] = {"cases": count, "seed": FRESH + seed}
    systems = POPULATIONS["home"].draw(count, FRESH + seed)
    curves, problem = mean_curves(subject, systems)
    metric, case = "RMSE of mean M without the error of the truth", f"{count} fresh labels"
    median = f"median {metric}"
    if curves is None:
        one = measured(median, case, subject, None, problem=problem, absent="" if problem else ABSENT)
        return [(one, "median_fresh")]
    draws = [draws_of(system, CHALLENGE, DRAWS) for system in systems]
    squares = np.array([squared_distance(mine, group) for mine, group in zip(curves, draws, strict=True)])
    total = measured(
        median, case, subject, root(np.median(squares)), interval=sampling_interval(curves, draws),
        note=f"truth: {DRAWS} draws of each", **about,
    )  # fmt: skip
    about["cases"] = 1
    each = [
        measured(
            metric, f"α = {system.strength:.3f}, p = {system.kernel.exponent:.2f}", subject, root(square),
            interval=sampling_interval(mine[None], [group]), **about,
        )
        for system, square, mine, group in zip(systems, squares, curves, draws, strict=True)
    ]  # fmt: skip
    return [(total, "median_fresh"), *((one, "") for one in each)]


def sampling_interval(curves: np.ndarray, draws: list[np.ndarray]) -> Interval:
    """The bootstrap interval of the root of the median squared distance, over the draws of each label.

    Draws that are drawn again from the draws scatter about their mean as that scatters about the true one, so that the
    error of the mean is subtracted twice.
    """
    rng = np.random.default_rng(len(draws))
    squares = []
    for mine, group in zip(curves, draws, strict=True):
        shares = rng.multinomial(len(group), np.full(len(group), 1 / len(group)), RESAMPLES) / len(group)
        distances = np.mean(np.abs(mine - shares @ group) ** 2, axis=1) / 2
        squares.append(distances - 2 * standard_error(group) ** 2)
    low, high = np.quantile(
        np.median(squares, axis=0), [(1 - intervals.CONFIDENCE) / 2, (1 + intervals.CONFIDENCE) / 2]
    )
    return Interval(root(low), root(high), intervals.CONFIDENCE, "bootstrap")


def mean_curves(subject: Any, systems: list[EchoSystem]) -> tuple[np.ndarray | None, str]:
    """((n, T) complex mean curves, ""), or (None, what went wrong, "" where the subject gives no means)."""
    answers = ask(subject, systems, CHALLENGE)
    if answers.problem:
        return None, answers.problem
    found = [None if one is None else curve_of(one.arrays, MEAN) for one in answers.trajectories]
    known = [one for one in found if one is not None]
    return (np.stack(known), "") if len(known) == len(systems) else (None, "")


def root(square: Any) -> float:
    """√ of a square that sampling may have made negative: 0 then."""
    return float(np.sqrt(max(0.0, square)))
