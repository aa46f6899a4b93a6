"""Verdicts from facts: each reason by itself, and which one counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.inverse.evidence import Multiplet
from harness.inverse.verdict import Facts, Outcome, judged

GOOD = Multiplet("HA", 0.8, 0.0, 1.0, 200.0, 0.05, 0.0, 0.01, True)
FACTS = Facts((GOOD, replace(GOOD, name="HB")), ("offset HA", "J HA HB"), np.array([0.01, 0.02]), (), 3, 3, True)


def with_second(**changes: object) -> Facts:
    return replace(FACTS, multiplets=(GOOD, replace(GOOD, name="HB", **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (FACTS, Outcome.FOUND, "signal-to-noise ratio of 200"),
        (with_second(signal_to_noise=6.0), Outcome.ABSENT, "HB: signal-to-noise ratio 6, below 10"),
        (with_second(unexplained=0.8, limit=0.8, at_noise=False), Outcome.ABSENT, "80 % of the signal are left"),
        (with_second(amplitude=0.05), Outcome.ABSENT, "0.05 of that of the other multiplets"),
        (with_second(unexplained=0.3, limit=0.3, at_noise=False), Outcome.UNEXPLAINED, "HB: 30 % of the signal"),
        (with_second(amplitude=3.5), Outcome.UNEXPLAINED, "HB is 3.5 times that of HA"),
        (with_second(unexplained=0.09, limit=0.09, at_noise=False), Outcome.LOCAL, "line shape would leave as much"),
        (replace(FACTS, converged=False), Outcome.LOCAL, "did not converge"),
        (replace(FACTS, at_bounds=("J HA HB",)), Outcome.UNDETERMINED, "J HA HB: at the edge"),
        (replace(FACTS, errors_hz=np.array([0.01, np.inf])), Outcome.UNDETERMINED, "J HA HB: standard error inf"),
        (replace(FACTS, errors_hz=np.array([0.01, np.nan])), Outcome.UNDETERMINED, "J HA HB"),
    ],
)
def test_reasons(facts: Facts, outcome: Outcome, words: str) -> None:
    verdict = judged(facts)
    assert verdict.outcome is outcome
    assert words in " ".join(verdict.evidence)
    assert verdict.found == (outcome is Outcome.FOUND)


def test_one_start_alone_makes_an_optimum_that_leaves_something_suspect() -> None:
    shaped = replace(GOOD, unexplained=0.05, limit=0.05, at_noise=False)
    facts = replace(FACTS, multiplets=(shaped, replace(shaped, name="HB")))
    assert judged(facts).found
    assert judged(replace(facts, reached=1)).outcome is Outcome.LOCAL
    poor = replace(facts, multiplets=(shaped, replace(shaped, unexplained=0.3)), reached=1)
    assert judged(poor).outcome is Outcome.LOCAL


def test_what_is_not_there_comes_before_what_is_not_determined() -> None:
    facts = replace(with_second(signal_to_noise=3.0), errors_hz=np.array([0.01, np.inf]), converged=False)
    assert judged(facts).outcome is Outcome.ABSENT
