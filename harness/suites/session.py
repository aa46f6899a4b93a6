"""One validation run from its options to its report folder."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.durable.system_errors import Unwritable, described
from harness.errors import InputError
from harness.report.context import arithmetic, context, utc_now
from harness.report.records import Context, Measurement, Record, judge
from harness.report.store import Report
from harness.subjects import Subject
from harness.suites.behaviour import Behaviour, behaviour_of, is_common, package_of
from harness.suites.command import recorded_command
from harness.suites.folder import ReportFolder
from harness.suites.planned import Coverage, coverage
from harness.suites.run_options import RunOptions
from harness.suites.run_words import headline
from harness.suites.targets import Suite, load_targets
from harness.task import Resolution, Task, check_packages, check_plans, reference_name
from harness.task_folders import VARIABLE

JOURNAL = "records.incomplete.jsonl"
DISTRIBUTIONS = ("spin-harness", "numpy", "scipy", "torch", "h5py", "pandas", "matplotlib", "pytest")


@dataclass
class ValidationRun:
    """Options, subject and reference, and the records so far.

    ``start`` resolves subject and reference and makes the folder; ``add`` takes the records of one test; ``finish``
    writes the report. Workers of a distributed run call ``start`` with ``folder`` given and never ``finish``.
    """

    options: RunOptions
    arguments: tuple[str, ...] = ()
    addopts: tuple[str, ...] = ()
    folder: Path = Path()
    selected: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    deselected: int = 0
    later: set[str] = field(default_factory=set)
    records: list[Record] = field(default_factory=list)
    suites: dict[str, Suite] = field(default_factory=dict)
    writes: bool = False
    discarded: bool = False
    unwritten: str = ""
    claimed: ReportFolder | None = None

    def __post_init__(self) -> None:
        self.suites = self.suites or load_targets(self.task.targets)

    def start(self, folder: Path | None = None, writes: bool = True) -> None:
        """Check the task, resolve subject and reference; make the report folder unless it is given or not needed.

        Raises
        ------
        InputError
            For a task whose extra is not installed or whose plans name what it does not have, for a subject or backend
            that is not available, or a folder that cannot be written or belongs to another run.
        """
        check_packages(self.task)
        check_plans(self.task)
        self.truth, self.subject = self._resolved_truth(), self._loaded_subject()
        self.writes = writes and folder is None
        if folder is not None:
            self.folder = folder
        elif writes:
            named = self.options.report_dir
            self.claimed = ReportFolder.new(self.subject.name) if named is None else ReportFolder.named(Path(named))
            self.folder = self.claimed.path
            self.context = self._begun()
            (self.folder / JOURNAL).write_text("", encoding="utf-8")
        if folder is not None or writes:
            self.subject.keep_tracebacks(self.folder)

    @property
    def task(self) -> Task:
        """The task whose systems are judged."""
        return self.options.task

    @cached_property
    def behaviour(self) -> Behaviour:
        """The part of the task that is code."""
        return behaviour_of(self.task)

    def plan_of(self, suite: str) -> Any:
        """The plan that this run carries out: of its tier, and drawn from its seed."""
        return self.task.plan_of(suite, self.options.tier, self.options.fresh_seed)

    def plans_of(self, package: str) -> list[str]:
        """The suites whose plans the common suite of this name carries out in the tier of the run."""
        plans = {suite: self.task.plan_of(suite, self.options.tier) for suite in self.task.plans}
        return [suite for suite, plan in plans.items() if is_common(plan) and package_of(plan).endswith(f".{package}")]

    def case_ids(self, suite: str) -> list[str]:
        """The cases of a plan that can be compared in this run, by the names that their tests have."""
        plan = self.plan_of(suite)
        return import_module(package_of(plan)).case_ids(plan, self.truth)

    @cached_property
    def truth(self) -> Resolution:
        """What computes the answers of the reference."""
        return self._resolved_truth()

    def _resolved_truth(self) -> Resolution:
        options = self.options
        name = reference_name(options.validate_against)
        return self.behaviour.resolve(name, options.live, options.allow_fallback)

    @cached_property
    def subject(self) -> Subject:
        """The subject of the run."""
        return self._loaded_subject()

    def _loaded_subject(self) -> Subject:
        return self.behaviour.subject(self.options.subject, self.options.case_limit_s)

    @cached_property
    def context(self) -> Context:
        """Machine, versions, commit, command line."""
        return self._begun()

    def _begun(self) -> Context:
        options = {**vars(self.options), "backend_asked": self.truth.requested, "backend_used": self.truth.used,
                   "backend_why": self.truth.why}  # fmt: skip
        options.pop("report_dir")
        code = Path(__file__).parent
        command = recorded_command(
            self.arguments, self.addopts, os.environ, self.options.fresh_seed, self.task.variables
        )
        return replace(context(self.folder.name, code, DISTRIBUTIONS, options, self.arguments), command=command)

    def command(self, module: str, item: str) -> str:
        """The command that repeats one test from any folder."""
        outside = os.environ.get(VARIABLE, "")
        tasks = f"{VARIABLE}={shlex.quote(outside)} " if outside else ""
        return tasks + shlex.join(["pytest", "--pyargs", f"{module}::{item}", *self.options.arguments()])

    def suite(self, name: str, module: Path) -> Suite:
        """The suite of this name: of the harness, or of a ``targets.toml`` in the folder of its module.

        Raises
        ------
        InputError
            If neither has this suite.
        """
        table_file = module.with_name("targets.toml")
        if name not in self.suites and table_file.is_file():
            self.suites = {**load_targets(table_file), **self.suites}
        if name not in self.suites:
            known = ", ".join(self.suites)
            raise InputError(f"{module.name}: SUITE = {name!r} has no table in {table_file} (known: {known})")
        return self.suites[name]

    def add(self, test: str, payload: Iterable[Mapping[str, Any]]) -> None:
        """Number and store the records of one test, and write them to the journal at once."""
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
                    task=self.task.name,
                )
            )
            self._note(row)
        self.records += new

    def _note(self, row: Mapping[str, Any]) -> None:
        """Write one row to the journal. If the disk refuses it, the run continues: the numbers are still in memory."""
        try:
            with open(self.folder / JOURNAL, "a", encoding="utf-8") as journal:
                journal.write(json.dumps(dict(row), default=str) + "\n")
        except OSError as error:
            self.unwritten = described(error, self.folder / JOURNAL)

    @property
    def coverage(self) -> Coverage:
        """Which of the planned numbers of the tier were judged."""
        offers = self.subject.offers | self.behaviour.found_here(self.subject, self.truth)
        return coverage(self.behaviour.tier_plan(self.options.tier), offers, self.records)

    @property
    def ran(self) -> bool:
        """True if every selected test ran to its end."""
        return bool(self.selected) and self.selected <= self.finished

    @property
    def complete(self) -> bool:
        """True if every number that the tier plans was judged, against the requested reference."""
        return self.ran and self.truth.is_requested and self.coverage.full

    def report(self) -> Report:
        """The run so far as a report; its options contain what was planned, judged, missing and excluded."""
        options = {**self.context.options, "plan": self.coverage.as_dict()}
        machine = {**self.context.machine, **arithmetic()}
        completed = replace(self.context, options=options, machine=machine)
        suites = {record.suite for record in self.records}
        left_out = self.behaviour.exclusions(self.subject, os.environ, suites)
        return Report(completed, tuple(self.records), utc_now(), self.complete, headline(self), left_out)

    def finish(self) -> None:
        """Write the report; if the system refuses it, ``unwritten`` is what and why, and the journal is not removed."""
        from harness.suites.publish import publish

        try:
            publish(self)
            (self.folder / JOURNAL).unlink(missing_ok=True)
        except Unwritable as error:
            self.unwritten = str(error)
        except OSError as error:
            self.unwritten = described(error, self.folder)

    def discard(self) -> None:
        """Remove the folder of a run in which no test was selected, if nothing else is in it."""
        for name in (JOURNAL, "junit.xml"):
            (self.folder / name).unlink(missing_ok=True)
        self.release()
        self.discarded = True
        with suppress(OSError):
            self.folder.rmdir()
            if self.options.report_dir is None:
                self.folder.parent.rmdir()  # removed only if it is empty
        self.writes = False

    def release(self) -> None:
        """Let other runs use the folder."""
        if self.claimed is not None:
            self.claimed.release()
