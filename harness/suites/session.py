"""One validation run from its options to its report folder."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.report.context import arithmetic, context, utc_now
from harness.report.records import Context, Measurement, Record, judge
from harness.report.store import Report
from harness.report.summary import headline
from harness.subjects import Subject, load_subject
from harness.suites.excluded import exclusions
from harness.suites.targets import Suite, load_targets
from harness.suites.truth import SPINACH_NAMES, TIERS, Truth, resolve_truth

JOURNAL = "records.incomplete.jsonl"
TIER_WORDS = {
    "smoke": "the quick set of cases (tier smoke; nightly and full have more)",
    "nightly": "the nightly set of cases",
    "full": "the full set of cases",
}
DISTRIBUTIONS = ("spin-harness", "numpy", "scipy", "torch", "h5py", "pandas", "matplotlib", "pytest")


@dataclass(frozen=True)
class RunOptions:
    """What the command line asked for."""

    validate_against: str
    subject: str = "spin-graph"
    allow_fallback: bool = False
    live: bool = False
    tier: str = "smoke"
    report_dir: str | None = None
    case_limit_s: float = 120.0

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise InputError(f"--tier {self.tier!r} is unknown (known: {', '.join(TIERS)})")

    def includes(self, tier: str) -> bool:
        """True if a run of this tier includes what is marked with ``tier``."""
        return TIERS.index(tier) <= TIERS.index(self.tier)

    def arguments(self) -> list[str]:
        """The options as a command line has them, those that matter for a number."""
        given = ["--validate-against", self.validate_against, "--subject", self.subject, "--tier", self.tier]
        given += ["--live"] if self.live else []
        return given + (["--allow-fallback"] if self.allow_fallback else [])


@dataclass
class ValidationRun:
    """Options, both sides, and the records so far.

    ``start`` resolves both sides and makes the folder; ``add`` takes the records of one test; ``finish`` writes the
    report. Workers of a distributed run call ``start`` with ``folder`` given and never ``finish``.
    """

    options: RunOptions
    arguments: tuple[str, ...] = ()
    folder: Path = Path()
    selected: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    deselected: int = 0
    later: set[str] = field(default_factory=set)
    records: list[Record] = field(default_factory=list)
    suites: dict[str, Suite] = field(default_factory=load_targets)
    writes: bool = False
    discarded: bool = False

    def start(self, folder: Path | None = None, writes: bool = True) -> None:
        """Resolve subject and truth; make the report folder unless it is given, or nothing is to be written.

        Raises
        ------
        InputError
            For a subject or backend that is not there, or a folder that cannot be written.
        """
        assert self.truth is not None  # both are resolved here, so that bad input is refused before anything runs
        assert self.subject is not None
        self.writes = writes and folder is None
        if folder is not None:
            self.folder = folder
        elif writes:
            self.folder = self._new_folder()
            assert self.context
            (self.folder / JOURNAL).write_text("", encoding="utf-8")

    @cached_property
    def truth(self) -> Truth:
        """Who is believed."""
        return resolve_truth(self.options.validate_against, self.options.live, self.options.allow_fallback)

    @cached_property
    def subject(self) -> Subject:
        """Whom the run is about."""
        return load_subject(self.options.subject, self.options.case_limit_s)

    @cached_property
    def context(self) -> Context:
        """Machine, versions, commit, command line."""
        options = {**vars(self.options), "backend_asked": self.truth.asked, "backend_used": self.truth.used,
                   "backend_why": self.truth.why}  # fmt: skip
        options.pop("report_dir")
        code = Path(__file__).parent
        return context(self.folder.name, code, DISTRIBUTIONS, options, self.arguments)

    def command(self, module: str, item: str) -> str:
        """The command that repeats one test from any folder."""
        return shlex.join(["pytest", "--pyargs", f"{module}::{item}", *self.options.arguments()])

    def suite(self, name: str, module: Path) -> Suite:
        """The suite of this name: of the harness, or of a ``targets.toml`` beside its module.

        Raises
        ------
        InputError
            If neither has it.
        """
        beside = module.with_name("targets.toml")
        if name not in self.suites and beside.is_file():
            self.suites = {**load_targets(beside), **self.suites}
        if name not in self.suites:
            known = ", ".join(self.suites)
            raise InputError(f"{module.name}: SUITE = {name!r} has no table in {beside} (known: {known})")
        return self.suites[name]

    def header(self) -> list[str]:
        """Lines for the head of pytest's output."""
        truth = self.truth
        lines = [
            f"spin-harness: {self.subject.name} ({self.subject.kind}) against {truth.asked}, tier {self.options.tier}",
            f"backend: {truth.used}",
            f"  why: {truth.why}",
        ]
        if not truth.is_asked:
            lines.insert(0, self.warning)
        return lines

    def compared(self) -> list[str]:
        """Lines for the head of the page: who beside whom; about what is said by the suite that compared them."""
        truth = self.truth
        asked = truth.asked.capitalize() if truth.asked in SPINACH_NAMES else truth.asked
        lines = [self.warning + "."] if self.warning else []
        return [*lines, f"{self.subject.name} ({self.subject.kind}) against {asked}; {TIER_WORDS[self.options.tier]}"]

    @property
    def apart(self) -> bool:
        """True if the page tells what was judged against Spinach apart from what was judged against our own."""
        return self.truth.is_asked and self.truth.asked in SPINACH_NAMES

    @property
    def warning(self) -> str:
        """The first line of everything after a fallback; "" otherwise."""
        if self.truth.is_asked:
            return ""
        return (
            f"NOT a validation against {self.truth.asked.capitalize()}: it was asked for but is not available here, "
            "and 'exact' stands in"
        )

    def add(self, test: str, payload: Iterable[Mapping[str, Any]]) -> None:
        """Number and keep the records of one test, and note them in the journal at once."""
        new = []
        for row in payload:
            suite = self.suites[row["suite"]]
            measurement = Measurement(**row["measurement"])
            target = None if row["target"] is None else suite.target(row["target"])
            new.append(
                Record(
                    id=f"r{len(self.records) + len(new) + 1}",
                    suite=suite.name,
                    suite_version=suite.version,
                    measurement=measurement,
                    target=target,
                    expected=row["expected"],
                    judgement=judge(measurement, target, row["expected"]),
                    test=row["test"],
                    command=row["command"],
                    measured=row["measured"],
                    context=self.context,
                )
            )
            with open(self.folder / JOURNAL, "a", encoding="utf-8") as journal:
                journal.write(json.dumps(dict(row), default=str) + "\n")
        self.records += new

    @property
    def complete(self) -> bool:
        """True if every selected test ran to its end."""
        return bool(self.selected) and self.selected <= self.finished

    def report(self) -> Report:
        """The run so far as a report."""
        suites = {record.suite for record in self.records}
        left_out = exclusions(self.subject, os.environ, suites)
        done = replace(self.context, machine={**self.context.machine, **arithmetic()})
        return Report(done, tuple(self.records), utc_now(), self.complete, self.headline(), left_out)

    def headline(self) -> str:
        """The first line that a reader sees: the warning of a fallback, incompleteness, then the verdict."""
        parts = [self.warning] if self.warning else []
        if not self.complete:
            missing = len(self.selected - self.finished)
            stopped = f"{missing} of {len(self.selected)} tests did not run to their end"
            parts.append(f"INCOMPLETE: {stopped if self.selected else 'no test could be run'}")
        parts.append(headline(self.records, self.subject.name, self.truth.name, self.apart))
        return ". ".join(parts) + (f" ({self.deselected} tests were deselected)" if self.deselected else "")

    def finish(self) -> Path:
        """Write the report; returns the path of ``report.html``."""
        from harness.suites.publish import publish

        path = publish(self)
        (self.folder / JOURNAL).unlink(missing_ok=True)
        return path

    def nothing_selected(self) -> str:
        """Why there is nothing to run, in one line."""
        left = [f"{self.deselected} left out by -k, -m or --deselect"] if self.deselected else []
        left += [f"{len(self.later)} belong to a higher tier than {self.options.tier}"] if self.later else []
        return "nothing to validate: no test is selected" + (f" ({', '.join(left)})" if left else "")

    def discard(self) -> None:
        """Remove the folder of a run in which no test was selected, if nothing else is in it."""
        for name in (JOURNAL, "junit.xml"):
            (self.folder / name).unlink(missing_ok=True)
        self.discarded = True
        with suppress(OSError):
            self.folder.rmdir()
            if self.options.report_dir is None:
                self.folder.parent.rmdir()  # goes only if it is empty
        self.writes = False

    def _new_folder(self) -> Path:
        if self.options.report_dir is not None:
            folder = Path(self.options.report_dir)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"--report-dir {str(folder)!r}: cannot be made ({error.strerror})") from None
            _clear(folder)
            return folder.absolute()
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
        name = "".join(c if c.isalnum() or c in "-._" else "-" for c in self.subject.name)
        for attempt in range(1, 1000):
            folder = Path("reports") / (f"{stamp}-{name}" + (f"-{attempt}" if attempt > 1 else ""))
            try:
                folder.mkdir(parents=True)
                return folder.absolute()
            except FileExistsError:
                continue
            except OSError as error:
                raise InputError(f"{folder}: cannot be made ({error.strerror}); use --report-dir") from None
        raise InputError("reports/: no free name for this run; name a folder with --report-dir")


OUTPUTS = ("records.json", "records.csv", "report.html", "summary.md", "junit.xml", JOURNAL)


def _clear(folder: Path) -> None:
    """Remove what an earlier run wrote there: a run that is cut short must not be taken for the one before it."""
    if not any((folder / name).is_file() for name in ("records.json", JOURNAL)):
        return
    for path in [*(folder / name for name in OUTPUTS), *folder.glob("exp?_*.*"), *folder.glob("fault_matrix.*"),
                 *folder.glob("figures/figure*.png"), *folder.glob("data/*/*.npz")]:  # fmt: skip
        path.unlink(missing_ok=True)
