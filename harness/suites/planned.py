"""What a run has to judge, and how much of it was judged; both follow from records, never from pytest's collection.

A :class:`TierPlan` lists every test of a tier with the numbers that it judges. :func:`coverage` compares the records
of a run with it: whatever prevented the judgement of a number (a suite left out, a test skipped or deselected, a truth
that is not available, a subject that refuses) shows as a number that is missing, with its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.report.records import Expectation, Record
from harness.subjects.capabilities import WORDS

NOT_JUDGED = ("info", "not-determined")
NOT_DONE = "cases not done"
"""Metric of the record that tells of cases for which a slow subject had no time."""
NAMED = 2
"""Tests that the first line of a run names; the records name them all."""


@dataclass(frozen=True)
class Number:
    """``count`` numbers of one test that are compared with one target; ``needs``: capabilities that they need."""

    target: str
    count: int = 1
    needs: frozenset[str] = frozenset()
    expected: Expectation = "meet"


@dataclass(frozen=True)
class PlannedTest:
    """One test as pytest would name it below its ``module``, and what it judges; () for one that only records."""

    suite: str
    name: str
    numbers: tuple[Number, ...] = ()
    module: str = ""

    @property
    def id(self) -> str:
        """``harness.suites.accuracy.test_accuracy::test_control``."""
        return f"{self.module}::{self.name}"


@dataclass(frozen=True)
class TierPlan:
    """Every test of a tier; ``reasons``: what numbers may need → why they are left out where it is not available."""

    tier: str
    tests: tuple[PlannedTest, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites in their order."""
        return tuple(dict.fromkeys(test.suite for test in self.tests))


@dataclass(frozen=True)
class Missing:
    """A test that did not judge all of its numbers: ``judged`` of ``planned`` numbers were; ``why`` if it is known."""

    test: PlannedTest
    target: str
    planned: int
    judged: int
    why: str = ""


@dataclass(frozen=True)
class Coverage:
    """How much of a plan was judged.

    ``silent``: suites in which no planned test left a record. ``excluded``: reason → targets that were left out
    beforehand, as "suite.target".
    """

    plan: TierPlan
    planned: int
    judged: int
    missing: tuple[Missing, ...]
    silent: tuple[str, ...]
    excluded: Mapping[str, tuple[str, ...]]

    @property
    def full(self) -> bool:
        """True if nothing is missing."""
        return not self.missing

    def words(self) -> str:
        """What is missing, in one sentence: suites without any number by name, of others the first tests."""
        parts = [f"all of {', '.join(self.silent)}"] if self.silent else []
        for suite in (suite for suite in self.plan.suites if suite not in self.silent):
            missing = [one for one in self.missing if one.test.suite == suite]
            names = list(dict.fromkeys(one.test.name for one in missing))
            if names:
                lacking = sum(one.planned - one.judged for one in missing)
                rest = len(names) - NAMED
                more = f" and {rest} more test{'s' if rest > 1 else ''}" if rest > 0 else ""
                why = next((f": {one.why}" for one in missing if one.why), "")
                parts.append(f"{lacking} of {suite} ({', '.join(names[:NAMED])}{more}{why})")
        return f"{self.judged} of {self.planned} planned numbers were judged; missing: {'; '.join(parts)}"

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, every missing test by its name."""
        return {
            "tier": self.plan.tier,
            "planned": self.planned,
            "judged": self.judged,
            "missing": [
                {
                    "test": one.test.id,
                    "target": one.target,
                    "planned": one.planned,
                    "judged": one.judged,
                    "why": one.why,
                }
                for one in self.missing
            ],
            "excluded": {reason: list(targets) for reason, targets in self.excluded.items()},
        }


def coverage(plan: TierPlan, offers: frozenset[str], records: Iterable[Record]) -> Coverage:
    """Compare records with a plan; ``offers``: what the subject declares, and which of the plan's needs are met."""
    records = tuple(records)
    judged = Counter(
        (record.test, record.target.name, record.expected)
        for record in records
        if record.target is not None and record.verdict not in NOT_JUDGED
    )
    by_test: dict[str, list[Record]] = {}
    for record in records:
        by_test.setdefault(record.test, []).append(record)
    missing: list[Missing] = []
    excluded: dict[str, list[str]] = {}
    planned = done = 0
    for test in plan.tests:
        mine = by_test.get(test.id, [])
        wanted: Counter[tuple[str, Expectation]] = Counter()
        for number in test.numbers:
            if lacking := sorted(number.needs - offers):
                excluded.setdefault(_reason(lacking[0], plan), []).append(f"{test.suite}.{number.target}")
            else:
                wanted[number.target, number.expected] += number.count
        for (target, expected), count in wanted.items():
            there = min(count, judged[test.id, target, expected])
            planned, done = planned + count, done + there
            if there < count:
                missing.append(Missing(test, target, count, there, _why(mine, target)))
        if not test.numbers and not mine:
            missing.append(Missing(test, "", 0, 0))
        missing += [Missing(test, NOT_DONE, 0, 0, record.measurement.note) for record in _not_done(mine)]
    left_out = {reason: tuple(dict.fromkeys(targets)) for reason, targets in excluded.items()}
    heard = {test.suite for test in plan.tests if test.id in by_test}
    silent = tuple(suite for suite in plan.suites if suite not in heard)
    return Coverage(plan, planned, done, tuple(missing), silent, left_out)


def _not_done(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.measurement.metric == NOT_DONE]


def _why(records: Sequence[Record], target: str) -> str:
    """Why a number of this target is missing, from the first record that gives a reason."""
    silent = [record for record in records if record.verdict == "not-determined"]
    of_target = [record for record in silent if record.target is not None and record.target.name == target]
    return next((record.judgement.message for record in [*of_target, *silent]), "")


def _reason(need: str, plan: TierPlan) -> str:
    return plan.reasons.get(need) or f"the subject declares no {WORDS.get(need, need)}"
