"""Verdicts from facts: each reason by itself, and which one counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.tasks.spins.inverse.evidence import Multiplet
from harness.tasks.spins.inverse.verdict import Facts, Outcome, judged

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


def pair(*changes: dict[str, object], **facts: object) -> Facts:
    """Two multiplets beyond noise, by 5 % of each, with these changes; and of the fit."""
    shaped = replace(GOOD, unexplained=0.05, limit=0.05, at_noise=False)
    both = [replace(shaped, name=name, **change) for name, change in zip(("HA", "HB"), changes, strict=True)]
    return replace(FACTS, multiplets=both, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("within", "beyond", "outcome"),
    [
        (with_second(signal_to_noise=10.0), with_second(signal_to_noise=9.99), Outcome.ABSENT),
        (pair({}, {"unexplained": 0.12}), pair({}, {"unexplained": 0.121}), Outcome.UNEXPLAINED),
        (
            pair({}, {"unexplained": 0.7, "at_noise": True}),
            pair({}, {"unexplained": 0.701, "at_noise": True}),
            Outcome.ABSENT,
        ),
        (with_second(amplitude=1 / 3), with_second(amplitude=0.33), Outcome.UNEXPLAINED),
        (
            pair({"amplitude": 0.1}, {"amplitude": 0.2}),
            pair({"amplitude": 0.099}, {"amplitude": 0.2}),
            Outcome.ABSENT,
        ),
        (pair({"limit": 0.02}, {"unexplained": 0.0699}), pair({"limit": 0.02}, {"unexplained": 0.0701}), Outcome.LOCAL),
        (
            pair({"unexplained": 0.0, "limit": 0.001}, {"unexplained": 0.02}),
            pair({"unexplained": 0.0, "limit": 0.001}, {"unexplained": 0.0201}),
            Outcome.LOCAL,
        ),
        (pair({}, {}, reached=2), pair({}, {}, reached=1), Outcome.LOCAL),
        (replace(FACTS, reached=1), pair({"at_noise": True}, {}, reached=1), Outcome.LOCAL),
        (
            replace(FACTS, errors_hz=np.array([0.5, 0.5])),
            replace(FACTS, errors_hz=np.array([0.5, 0.501])),
            Outcome.UNDETERMINED,
        ),
    ],
)
def test_every_limit_decides_at_its_value(within: Facts, beyond: Facts, outcome: Outcome) -> None:
    assert judged(within).outcome is Outcome.FOUND
    assert judged(beyond).outcome is outcome


@pytest.mark.parametrize(
    ("facts", "sentences"),
    [
        (
            pair({}, {"signal_to_noise": 150.0}),
            [
                "every multiplet is seen, the weakest at a signal-to-noise ratio of 150",
                "at most 5 % of the signal of a multiplet are left beyond the noise",
            ],
        ),
        (
            pair({}, {"unexplained": 0.301}),
            ["HB: 30 % of the signal are left, where line shape leaves 12 % at most and noise 0.71 %"],
        ),
        (
            pair({"unexplained": 0.01, "limit": 0.01}, {"unexplained": 0.1}),
            ["HB: 10 % of the signal are left, of HA 1 % at most; line shape would leave as much of both"],
        ),
        (pair({}, {}, reached=1, starts=5), ["more than noise is left, and only 1 of 5 starts ended there"]),
        (
            replace(FACTS, errors_hz=np.array([0.75, 0.01]), at_bounds=("J HA HB",)),
            ["J HA HB: at the edge of what was searched", "offset HA: standard error 0.75 Hz, above 0.5 Hz"],
        ),
    ],
)
def test_the_evidence_gives_its_numbers(facts: Facts, sentences: list[str]) -> None:
    assert list(judged(facts).evidence) == sentences
