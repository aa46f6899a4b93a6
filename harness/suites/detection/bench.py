"""All suites of a plan on one subject after the other: seeded faults, wrong methods, and correct subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from harness.report import Target, judge
from harness.suites.asking import Claim, Truths
from harness.suites.detection.faults import Fault, Faulty
from harness.suites.detection.plan import Plan
from harness.suites.targets import Suite

Cell = Literal["caught", "passed", "not run"]


@dataclass(frozen=True, eq=False)
class Row:
    """One fault or correct subject: the verdict of each suite, and the first number that missed its target in each."""

    name: str
    what: str
    kind: Literal["fault", "null", "correct"]
    size: float | None
    unit: str
    cells: Mapping[str, Cell]
    reasons: Mapping[str, str]
    smallest_caught: float | None = None
    note: str = ""

    @property
    def caught(self) -> bool:
        """True if any suite detects it."""
        return "caught" in self.cells.values()

    @property
    def wrong(self) -> bool:
        """A fault that is not detected, or a null fault or correct subject that is rejected."""
        return self.caught != (self.kind == "fault")


@dataclass(eq=False)
class Bench:
    """The suites of a plan, with truths and targets shared by every fault."""

    plan: Plan
    targets: Mapping[str, Suite]
    truths: Truths = None  # type: ignore[assignment]  # made by the plan where none is given
    bisecting_s: float = 0.0
    _carriers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.truths is None:
            self.truths = self.plan.truths()

    def carrier(self, fault: Fault) -> Any:
        """The correct model to which a fault is added."""
        if fault.carrier not in self._carriers:
            self._carriers[fault.carrier] = self.plan.carriers[fault.carrier](self.truths)
        return self._carriers[fault.carrier]

    def faulty(self, fault: Fault) -> Any:
        """A subject with this fault."""
        return self.plan.subject(fault.name, Faulty(self.carrier(fault), fault), {"fault": fault.what})

    def claims(self, suite: str, subject: Any) -> list[Claim]:
        """The claims of one suite on one subject."""
        return self.plan.suites[suite](subject, self.truths)

    def examine(self, subject: Any, suites: Sequence[str] = ()) -> tuple[dict[str, Cell], dict[str, str]]:
        """Verdict of every suite (or some): "caught" if any correctness target is missed or any case fails."""
        cells: dict[str, Cell] = dict.fromkeys(self.plan.suites, "not run")
        reasons: dict[str, str] = {}
        for suite in suites or self.plan.suites:
            objection = next(self._objections(suite, self.claims(suite, subject)), "")
            cells[suite] = "caught" if objection else "passed"
            if objection:
                reasons[suite] = objection
        return cells, reasons

    def _objections(self, suite: str, claims: Sequence[Claim]) -> Iterator[str]:
        for claim in claims:
            if claim.target in self.plan.not_correctness:
                continue
            target = self._target(suite, claim)
            verdict = judge(claim.measurement, target)
            if verdict.verdict in ("fail", "error"):
                value = claim.measurement.value
                number = verdict.message if value is None else f"{value:.3g} ({target})"
                yield f"{claim.measurement.metric} on {claim.measurement.case}: {number}"

    def _target(self, suite: str, claim: Claim) -> Target | None:
        return None if claim.target is None else self.targets[suite].target(claim.target)


def fault_row(bench: Bench, fault: Fault, suites: Sequence[str] = ()) -> Row:
    """Every suite (or some) on one fault."""
    cells, reasons = bench.examine(bench.faulty(fault), suites)
    kind = "null" if fault.harmless else "fault"
    smallest, note = None, ""
    if bench.plan.bisections and not fault.harmless and fault.size is not None:
        if bench.bisecting_s >= bench.plan.bisections_s:
            note = f"smallest caught size not measured: the {bench.plan.bisections_s:g} s for that were spent"
        else:
            begun = perf_counter()
            caught = [suite for suite, cell in cells.items() if cell == "caught"]
            smallest = smallest_caught(bench, fault, bench.plan.bisections, caught or suites)
            bench.bisecting_s += perf_counter() - begun
            note = "" if smallest is not None else "a thousand times the size slips through as well"
    return Row(fault.name, fault.what, kind, fault.size, fault.unit, cells, reasons, smallest, note)


def smallest_caught(bench: Bench, fault: Fault, steps: int, suites: Sequence[str] = ()) -> float | None:
    """Smallest size of a fault that any suite catches, by bisection of its logarithm within a factor 1000 each way.

    Accurate to a factor 1000^(2/2^steps) (2^steps > 20: to better than 2); None if even 1000 times the size is not
    detected. The suites' numbers grow with the size of every fault that has one, so that there is one threshold, and a
    suite that passes a size is not run on smaller ones. ``suites`` are those that detected the size as it is, if
    any did.
    """
    assert fault.size is not None
    sign = 1.0 if fault.size > 0 else -1.0
    everything = tuple(bench.plan.suites)

    def catching(size: float, among: Sequence[str]) -> list[str]:
        cells, _ = bench.examine(bench.faulty(fault.sized(sign * size)), among)
        return [suite for suite in among if cells[suite] == "caught"]

    high = abs(fault.size)
    limit = high * 1e3
    found = catching(high, suites or everything)
    while not found:
        high *= 10
        if high > limit:
            return None
        found = catching(high, everything)
    low = abs(fault.size) / 1e3
    if catching(low, found):
        return sign * low
    for _ in range(steps):
        middle = (low * high) ** 0.5
        still = catching(middle, found)
        low, high, found = (low, middle, still) if still else (middle, high, found)
    return sign * high


def subject_row(bench: Bench, name: str, subject: Any) -> Row:
    """Every suite on one correct subject, except those that the plan leaves out for it."""
    spared = bench.plan.spared(subject)
    cells, reasons = bench.examine(subject, [suite for suite in bench.plan.suites if suite not in spared])
    return Row(name, "correct subject", "correct", None, "", cells, reasons)


def replaced_rows(bench: Bench) -> list[Row]:
    """Whole methods that are not exact, as faults: each must be detected by some suite."""
    rows = []
    for name, (what, subject) in bench.plan.replaced(bench.truths).items():
        cells, reasons = bench.examine(subject)
        rows.append(Row(f"{name} instead", what, "fault", None, "", cells, reasons))
    return rows


def rows_of(bench: Bench, subject: Any) -> list[Row]:
    """The whole matrix of a plan: faults, wrong methods, correct subjects."""
    found = [fault_row(bench, fault) for fault in bench.plan.faults]
    found += replaced_rows(bench)
    correct = dict(bench.plan.correct(bench.truths))
    if bench.plan.with_subject and subject.kind == "surrogate":
        correct[subject.name] = subject
    return found + [subject_row(bench, name, one) for name, one in correct.items()]
