"""The beginning of a report: how many numbers of each kind, and the headline, both counted from the records alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.report.records import JUDGED, TOO_WIDE, VERDICTS, Record

MEET = "judged numbers meet their targets"
MISS = "judged numbers miss their targets"


def counts(records: Iterable[Record], subject: str = "") -> dict[str, int]:
    """How many records of each verdict there are.

    Controls are counted separately, those that did not miss also as "astray"; goals separately, those that are met also
    as "goals met"; passed numbers about the harness too ("harness"), because they are no success of the subject.
    """
    keys = (*VERDICTS, "controls", "astray", "harness", "goals", "goals met")
    found: dict[str, int] = dict.fromkeys(keys, 0)
    for record in records:
        if record.expected == "miss":
            found["controls"] += 1
            found["astray"] += record.unmet
        elif record.is_goal and record.verdict in ("pass", "open-goal"):
            found["goals"] += 1
            found["goals met"] += record.verdict == "pass"
        else:
            apart = record.verdict == "pass" and of_harness(record, subject)
            found["harness" if apart else record.verdict] += 1
    return found


@dataclass(frozen=True)
class Standing:
    """How many of the gates of one question are met: against the requested reference, or against our own."""

    question: str
    met: int
    judged: int

    @property
    def verdict(self) -> str:
        """"pass" if all are met, "fail" if not, "info" where nothing was judged."""
        return "info" if not self.judged else "pass" if self.met == self.judged else "fail"


def standings(records: Sequence[Record], subject: str, reference: str, apart: str) -> list[Standing]:
    """One line for each question that the run answers; ``apart`` as in :func:`headline`."""
    main, other = _sides(_gates(records, subject), reference, apart)
    name = apart or reference
    found = [Standing(f"against {name}", len(main) - len(_unmet(main)), len(main))]
    if apart:
        found.append(Standing("against our own references", len(other) - len(_unmet(other)), len(other)))
    return found


def _gates(records: Sequence[Record], subject: str) -> list[Record]:
    """The numbers that decide the run: judged, no control and no goal; those of the harness only where they miss."""
    judged = [r for r in records if r.expected == "meet" and r.verdict in JUDGED and (r.unmet or not r.is_goal)]
    return [r for r in judged if r.unmet or not of_harness(r, subject)]


def _sides(records: Sequence[Record], reference: str, apart: str) -> tuple[list[Record], list[Record]]:
    sides: tuple[list[Record], list[Record]] = ([], [])
    for record in records:
        sides[apart != "" and record.measurement.reference not in (reference, "")].append(record)
    return sides


def of_harness(record: Record, subject: str) -> bool:
    """True for a number about a method of the harness, or about its suites, in a run about ``subject``."""
    kind = record.measurement.subject_provenance.get("kind")
    return bool(subject) and record.measurement.subject != subject and kind in ("reference", "harness")


def headline(records: Sequence[Record], subject: str, reference: str, apart: str = "") -> str:
    """The verdict in one or two sentences.

    With ``apart``, the reference as people write it, the numbers judged against ``reference`` are reported apart from
    those judged against anything else, so that a miss is never attributed to a reference that was not involved. A test
    that broke has no reference, and counts with ``reference``. Numbers about the harness itself are reported only where
    they miss. The gates decide; goals are counted after them.
    """
    judged = _gates(records, subject)
    name = apart or reference
    if not judged:
        return f"{subject} against {name}: nothing was judged" + _rest(records)
    if silent := no_answer(judged, subject):
        return f"ERROR: {subject} {silent}" + _rest(records)
    main, other = _sides(judged, reference, apart)
    missed, missed_own = _unmet(main), _unmet(other)
    astray = counts(records)["astray"]
    exact = {r.measurement.reference for r in missed_own} == {"exact"}
    ours = "our own exact reference" if exact else "our own references"
    count = f"{len(missed_own)} of {len(other)}"
    if not main:
        missing = f"{count} {MISS}: {_where(missed_own, subject)}"
        outcome = missing if missed_own else f"all {len(other)} {MEET}"
        verdict = "FAIL" if missed_own or astray else "PASS"
        text = f"{verdict}: {subject} against our own references, {outcome}. Nothing was judged against {name}"
    elif missed:
        text = f"FAIL: {subject} against {name}, {len(missed)} of {len(main)} {MISS}"
        if other:
            missing = f"{count} miss: {_where(missed_own, subject)}"
            text += f". Against our own references {missing if missed_own else f'all {len(other)} meet'}"
    elif missed_own:
        text = f"Against {name}: {subject} meets {len(main)} of {len(main)} targets. "
        text += f"FAIL: {count} targets judged without {name} missed, against {ours}: {_where(missed_own, subject)}"
    else:
        text = f"{'FAIL' if astray else 'PASS'}: {subject} against {name}, all {len(main)} {MEET}"
        text += f", and so do all {len(other)} judged against our own references" if other else ""
    return text + _rest(records)


def no_answer(records: Sequence[Record], subject: str) -> str:
    """"gave no answer in 3 of 3 cases: why" if no number about ``subject`` exists at all, else ""."""
    own = [r for r in records if r.measurement.subject == subject] or list(records)
    if not own or any(r.verdict != "error" for r in own):
        return ""
    cases = {(r.suite, r.measurement.case) for r in own}
    reasons = Counter(re.sub(r"^\d+ of \d+ cases failed, first #\d+: ", "", r.judgement.message) for r in own)
    return f"gave no answer in {len(cases)} of {len(cases)} cases: {reasons.most_common(1)[0][0]}"


def _unmet(records: Sequence[Record]) -> list[Record]:
    return [r for r in records if r.unmet]


def _where(records: Sequence[Record], subject: str) -> str:
    """Suites and how many of their numbers; also whose numbers, where they are not those of the subject."""
    found = Counter((r.suite, r.measurement.subject) for r in records)
    parts = []
    for (suite, whose), number in found.most_common():
        by = "" if whose in (subject, "") else f", by {whose.replace(' (', ', ').rstrip(')')}"
        parts.append(f"{suite} ({number}{by})")
    return ", ".join(parts)


def _rest(records: Sequence[Record]) -> str:
    """Intervals that are too wide, controls that did not miss, undetermined numbers, and the number of open goals."""
    found = counts(records)
    astray, silent, wide = found["astray"], found["not-determined"], found["too-few-cases"]
    text = f"; {wide} of these: {TOO_WIDE}" if wide else ""
    text += f"; {astray} of {found['controls']} controls do not miss a target that they must miss" if astray else ""
    text += f"; {silent} could not be determined" if silent else ""
    still_open = found["goals"] - found["goals met"]
    return text + (f". Open goals: {still_open} of {found['goals']}" if found["goals"] else "")
