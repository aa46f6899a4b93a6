"""What a run states about itself: the head of the terminal and of the page, the headline, and what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.report import summary

if TYPE_CHECKING:
    from harness.suites.session import ValidationRun

TIER_WORDS = {
    "smoke": "the quick set of cases (tier smoke; nightly and full have more)",
    "nightly": "the nightly set of cases",
    "full": "the full set of cases",
}


def header(run: ValidationRun) -> list[str]:
    """Lines for the head of pytest's output."""
    truth = run.truth
    lines = [
        f"spin-harness: {run.subject.name} ({run.subject.kind}) against {truth.requested}, tier {run.options.tier}",
        f"task: {run.task.name}: {run.task.question}",
        f"backend: {truth.used}",
        f"  why: {truth.why}",
    ]
    if not truth.is_requested:
        lines.insert(0, warning(run))
    return lines


def compared(run: ValidationRun) -> list[str]:
    """Lines for the head of the page: subject, reference and tier, then remarks and what is missing."""
    truth = run.truth
    requested = run.behaviour.label(truth.requested)
    lines = [warning(run) + "."] if warning(run) else []
    lines.append(f"task {run.task.name}: {run.task.question}")
    lines.append(f"{run.subject.name} ({run.subject.kind}) against {requested}; {TIER_WORDS[run.options.tier]}")
    lines += run.behaviour.remarks(run.records)
    found = run.coverage
    lines += [] if found.full else [found.words()]
    return lines


def apart(run: ValidationRun) -> str:
    """The production code as people write it, if numbers judged against it are shown apart, else ""."""
    return run.behaviour.label(run.truth.name) if run.behaviour.is_production(run.truth) else ""


def warning(run: ValidationRun) -> str:
    """The first line of everything after a fallback; "" otherwise."""
    if run.truth.is_requested:
        return ""
    return (
        f"NOT a validation against {run.behaviour.label(run.truth.requested)}: it was requested but is not "
        f"available here, and {run.truth.stand_in!r} stands in"
    )


def headline(run: ValidationRun) -> str:
    """The first line that a reader sees: the warning of a fallback, what is missing, then the verdict."""
    parts = [warning(run)] if warning(run) else []
    if not run.ran:
        missing = len(run.selected - run.finished)
        stopped = f"{missing} of {len(run.selected)} tests did not run to their end"
        parts.append(f"INCOMPLETE: {stopped if run.selected else 'no test could be run'}")
    found = run.coverage
    verdict = summary.headline(run.records, run.subject.name, run.truth.name, apart(run))
    missing = found.words() if not found.full else "nothing was judged against what was requested"
    unmet = any(record.unmet for record in run.records)
    if run.complete:
        parts += [verdict, f"All {found.planned} numbers that tier {run.options.tier} plans were judged"]
    elif not run.ran or unmet:
        parts += [re.sub(r"\bPASS: ", "", verdict), f"PARTIAL: {missing}"]
    else:
        parts += [f"PARTIAL: {missing}", re.sub(r"\bPASS: ", "", verdict)]
    parts += run.behaviour.remarks(run.records)
    return ". ".join(parts) + (f" ({run.deselected} tests were deselected)" if run.deselected else "")


def nothing_selected(run: ValidationRun) -> str:
    """Why there is no test to run, in one line."""
    left = [f"{run.deselected} left out by -k, -m or --deselect"] if run.deselected else []
    left += [f"{len(run.later)} belong to a higher tier than {run.options.tier}"] if run.later else []
    return "nothing to validate: no test is selected" + (f" ({', '.join(left)})" if left else "")
