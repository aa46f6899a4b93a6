"""The effect of training on chains: the error of a subject over that of the same subject without its network.

The chains that Spinach has computed are too few to determine this (16 strongly coupled chains give an interval of 0.5
to 2.1 for the ratio). Therefore as many chains as needed are drawn from the same ranges and judged against ``exact``,
which agrees with Spinach within rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.records import Measurement
from harness.subjects import NamedSubject, Subject, untrained
from harness.suites.accuracy.compare import Compared
from harness.suites.asking import Truths, ask, measured
from harness.suites.errors import CaseError, mean_of
from harness.suites.intervals import relative_increase
from harness.tasks.spins.metrics import RMSE_M, case_errors
from harness.tasks.spins.suites.believed import plain_method
from harness.tasks.spins.suites.populations import STRONG_OFFSET_HZ, TRAINED_OFFSET_HZ, Regime

SIZES = (2, 4, 6, 8)
"""The sizes of the chains that Spinach has computed in a complete basis."""
SEED = 95
METRIC = "mean RMSE of M over that without its network"


@dataclass(frozen=True)
class Worth:
    """The ratio of the subject on one kind of chain, and the ratio of the pair product instead of the subject, which
    must miss."""

    subject: Measurement
    control: Measurement


def worth_of_learning(subject: Subject, truths: Truths, each: int) -> list[Worth]:
    """The ratio on chains and on strongly coupled chains, ``each`` of every size; empty if the subject has no
    variant without its network.

    Every measurement has the bootstrap interval of the ratio of two means over the same chains.
    """
    bare = untrained(subject)
    return [] if bare is None else [
        _worth(subject, bare, kind, offset_hz, truths, each)
        for kind, offset_hz in (("chains", TRAINED_OFFSET_HZ), ("strong chains", STRONG_OFFSET_HZ))
    ]  # fmt: skip


def against_untrained(kind: str, cases: Sequence[Compared]) -> Measurement | None:
    """Mean RMSE of M of the subject over that of the subject without its network, on all cases of a kind.

    None if there are no cases, or if the subject has no variant without its network.
    """
    if not cases or not cases[0].untrained:
        return None
    pairs = [(one.error(RMSE_M), one.error(RMSE_M, one.untrained)) for one in cases]
    like = pairs[0][0]
    there = [(a.value, b.value) for a, b in pairs if a.value is not None and b.value is not None]
    mine, other = (float(np.mean([pair[k] for pair in there])) if there else 0.0 for k in (0, 1))
    return Measurement(
        METRIC,
        f"{len(there)} {kind}",
        like.subject,
        like.reference,
        mine / other if other else None,
        problem="" if len(there) == len(pairs) else "some cases have no answer",
        note=f"{mine:.2e} and {other:.2e}",
        subject_provenance=like.subject_provenance,
        reference_provenance=like.reference_provenance,
    )


def _worth(subject: Subject, bare: NamedSubject, kind: str, offset_hz: float, truths: Truths, each: int) -> Worth:
    found: dict[str, list[CaseError]] = {"subject": [], "bare": [], "formula": []}
    problem = ""
    for spins in SIZES:
        regime = Regime(f"{kind}-{spins}", spins, offset_hz=offset_hz)
        systems = regime.draw(each, SEED)
        truth = truths(systems, regime.grid)
        answers = ask(subject, systems, regime.grid)
        problem = problem or answers.problem or answers.refusal
        found["subject"] += case_errors(systems, answers.trajectories, truth)
        found["bare"] += case_errors(systems, ask(bare, systems, regime.grid).trajectories, truth)
        found["formula"] += case_errors(systems, plain_method(systems, regime.grid), truth)
    formula = NamedSubject("pair-product", "reference", None, {})
    case = f"{len(SIZES) * each} {kind}"
    return Worth(
        _ratio(subject, case, found["subject"], found["bare"], problem, truths.name),
        _ratio(formula, case, found["formula"], found["bare"], "", truths.name),
    )


def _ratio(
    whose: Subject, case: str, mine: Sequence[CaseError], other: Sequence[CaseError], problem: str, reference: str
) -> Measurement:
    excess, interval = relative_increase(
        [one["rmse_m"] for one in mine], [one["rmse_m"] for one in other], np.random.default_rng(SEED)
    )
    return measured(
        METRIC, case, whose, excess + 1, reference=reference, problem=problem, seed=SEED,
        interval=None if interval is None else interval.moved(1.0), cases=len(mine),
        note=f"{mean_of(mine, 'rmse_m'):.2e} and {mean_of(other, 'rmse_m'):.2e}",
    )  # fmt: skip
