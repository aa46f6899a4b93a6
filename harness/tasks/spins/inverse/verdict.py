"""Whether the values of a fit are reliable, decided by the data and not by the status of the optimiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from harness.tasks.spins.inverse.evidence import Multiplet


class Outcome(StrEnum):
    """Possible outcomes of a fit."""

    FOUND = "found"
    ABSENT = "no such multiplet"
    UNEXPLAINED = "the molecule does not explain the data"
    LOCAL = "local optimum suspected"
    UNDETERMINED = "not determined"


LEAST_SIGNAL = 10.0
"""Signal-to-noise ratio of a multiplet that counts as detected: of the hundreds of places and shapes that are searched
the best reaches 5 in pure noise."""

LEAST_AMPLITUDE = 0.1
"""Signal per spin, relative to the median of the multiplets, of a detected one: presaturation removes half."""

NOTHING_LIKE_IT = 0.7
"""Unexplained part of the signal beyond which what is there is not this multiplet: half of its energy."""

LINE_SHAPE = 0.12
"""Unexplained part that the line shape of a spectrometer and weak lines of impurities may leave: the measured FIDs of
the documentation leave 2 to 9 %, a pattern with one coupling too few 16 %, one that is a line off 80 %."""

UNEVEN, SMALL = 3.5, 0.02
"""A line shape is the same for all multiplets. The measured FIDs leave up to 2.7 times as much of one as of another;
more than ``UNEVEN`` times as much, and more than ``SMALL``, has another cause."""

ALIKE = 3.0
"""Ratio of the largest to the smallest signal per spin in one molecule: relaxation and presaturation stay below 2."""

DETERMINED_HZ = 0.5
"""Largest standard error of a value that counts as determined: ±1 Hz at 95 % is no better than a table."""


@dataclass(frozen=True)
class Verdict:
    """The outcome and its evidence, a sentence each."""

    outcome: Outcome
    evidence: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Whether the values may be used."""
        return self.outcome is Outcome.FOUND


@dataclass(frozen=True, eq=False)
class Facts:
    """The data of the decision.

    ``names`` and ``errors_hz`` (P,) of the parameters; ``at_bounds`` those at the edge of the searched range;
    ``reached`` of ``starts`` starts ended in the best optimum.
    """

    multiplets: Sequence[Multiplet]
    names: Sequence[str]
    errors_hz: np.ndarray
    at_bounds: Sequence[str]
    reached: int
    starts: int
    converged: bool


def judged(facts: Facts) -> Verdict:
    """The first of these that holds: a multiplet is not there; the data are not explained; the optimum may be a local
    one; a value is not determined. Else the molecule is found."""
    for outcome, evidence in (
        (Outcome.ABSENT, _absent(facts)),
        (Outcome.LOCAL if facts.reached < 2 else Outcome.UNEXPLAINED, _unexplained(facts)),
        (Outcome.LOCAL, _local(facts)),
        (Outcome.UNDETERMINED, _undetermined(facts)),
    ):
        if evidence:
            return Verdict(outcome, tuple(evidence))
    largest = max(m.unexplained for m in facts.multiplets)
    smallest = min(m.signal_to_noise for m in facts.multiplets)
    return Verdict(
        Outcome.FOUND,
        (
            f"every multiplet is seen, the weakest at a signal-to-noise ratio of {smallest:.3g}",
            f"at most {100 * largest:.2g} % of the signal of a multiplet are left beyond the noise",
        ),
    )


def _absent(facts: Facts) -> list[str]:
    reasons = []
    for m in facts.multiplets:
        if m.signal_to_noise < LEAST_SIGNAL:
            reasons.append(f"{m.name}: signal-to-noise ratio {m.signal_to_noise:.2g}, below {LEAST_SIGNAL:g}")
        elif m.unexplained > NOTHING_LIKE_IT:
            reasons.append(
                f"{m.name}: what is there has another pattern, {100 * m.unexplained:.0f} % of the signal are left"
            )
        elif m.amplitude < LEAST_AMPLITUDE:
            reasons.append(f"{m.name}: signal per spin {m.amplitude:.2g} of that of the other multiplets")
    return reasons


def _unexplained(facts: Facts) -> list[str]:
    reasons = [
        f"{m.name}: {100 * m.unexplained:.0f} % of the signal are left, where line shape leaves "
        f"{100 * LINE_SHAPE:.0f} % at most and noise {100 * np.sqrt(2) / m.signal_to_noise:.2g} %"
        for m in facts.multiplets
        if m.unexplained > LINE_SHAPE and not m.at_noise
    ]
    least, most = (pick(facts.multiplets, key=lambda m: m.amplitude) for pick in (min, max))
    if most.amplitude > ALIKE * least.amplitude:
        reasons.append(
            f"the signal per spin of {most.name} is {most.amplitude / least.amplitude:.1f} times that of {least.name}; "
            f"in one molecule it is the same"
        )
    return reasons


def _local(facts: Facts) -> list[str]:
    reasons = []
    if not facts.converged:
        reasons.append("the last fit did not converge")
    if facts.reached < 2 and not all(m.at_noise for m in facts.multiplets):
        reasons.append(f"more than noise is left, and only {facts.reached} of {facts.starts} starts ended there")
    best = min(facts.multiplets, key=lambda m: m.limit)
    for m in facts.multiplets:
        if not m.at_noise and m.unexplained > max(SMALL, UNEVEN * best.limit):
            reasons.append(
                f"{m.name}: {100 * m.unexplained:.2g} % of the signal are left, of {best.name} "
                f"{100 * best.limit:.2g} % at most; line shape would leave as much of both"
            )
    return reasons


def _undetermined(facts: Facts) -> list[str]:
    reasons = [f"{name}: at the edge of what was searched" for name in facts.at_bounds]
    for name, error in zip(facts.names, facts.errors_hz, strict=True):
        if not error <= DETERMINED_HZ:
            reasons.append(f"{name}: standard error {error:.2g} Hz, above {DETERMINED_HZ:g} Hz")
    return reasons
