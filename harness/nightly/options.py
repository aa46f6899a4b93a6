"""What a nightly run does, and the commands of its phases."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.suites.behaviour import behaviour_of
from harness.task import Task, default_task, task_of

PHASES = ("data", "training", "suites", "report")


@dataclass(frozen=True)
class NightlyOptions:
    """The options of a run; two calls with equal options are the same job, and the second continues the first.

    Parameters
    ----------
    validate_against, subject, tier, allow_fallback, live, case_limit_s
        As those of ``pytest --validate-against``; ``validate_against`` is "" for the production code of the default
        task. ``subject`` is "" for the default: the model that is trained, else that of the task.
    train, preset, epochs
        Model to train before it is judged ("" for none), its preset, and a number of epochs in place of the preset's.
    build_cache
        Compute what is missing in the cache of the production code's answers (needs that code).
    select
        Only the tests that this expression names, as ``pytest -k``.
    limit_h
        Hours that one phase may take before it is stopped.
    fresh_seed
        Seed of the systems that are drawn for this run alone; None: a new one.
    """

    validate_against: str = ""
    subject: str = ""
    tier: str = "nightly"
    allow_fallback: bool = False
    live: bool = False
    case_limit_s: float = 120.0
    train: str = ""
    preset: str = "brief"
    epochs: int | None = None
    build_cache: bool = False
    select: str = ""
    limit_h: float = 12.0
    fresh_seed: int | None = None

    def __post_init__(self) -> None:
        if not self.limit_h > 0:
            raise InputError(f"--limit-h {self.limit_h!r}: must be a positive number of hours")
        if not self.train and self.epochs is not None:
            raise InputError("--epochs: there is nothing to train without --train MODEL")
        object.__setattr__(self, "validate_against", self.validate_against or default_task().production)

    @property
    def task(self) -> Task:
        """The task of the reference."""
        return task_of(self.validate_against)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @property
    def judged(self) -> str:
        """The subject's name for file names: letters, digits, dots and dashes."""
        return re.sub(r"[^A-Za-z0-9.-]+", "-", self.subject or self.train or self.task.subject).strip("-.") or "subject"

    def judged_spec(self, folder: Path) -> str:
        """The value of ``--subject`` for the suites of a run with this working folder."""
        return self.subject or (f"{self.train}@{folder / 'train'}" if self.train else self.task.subject)

    def commands(self, phase: str, folder: Path, report: Path, fresh_seed: int = 0) -> list[list[str]]:
        """The commands of a phase, in order; ``folder`` is the run's working folder, ``report`` that of its report."""
        harness = [sys.executable, "-c", "from harness.cli import main; main()"]
        verb = harness if self.task == default_task() else [*harness, self.task.name]
        if phase == "data":
            return [[*verb, *words] for words in behaviour_of(self.task).preparations(self.build_cache)]
        if phase == "training" and self.train:
            more = [] if self.epochs is None else ["--epochs", str(self.epochs)]
            return [[*verb, "train", self.train, "--preset", self.preset, "--out", str(folder / "train"), *more]]
        if phase == "suites":
            return [self._pytest(folder, report, fresh_seed)]
        return []

    def _pytest(self, folder: Path, report: Path, fresh_seed: int) -> list[str]:
        given: Sequence[str] = [
            *("--validate-against", self.validate_against),
            *("--subject", self.judged_spec(folder)),
            *("--tier", self.tier),
            *("--report-dir", str(report)),
            *("--case-limit-s", str(self.case_limit_s)),
            *("--fresh-seed", str(fresh_seed)),
            *(["--allow-fallback"] if self.allow_fallback else []),
            *(["--live"] if self.live else []),
            *(["-k", self.select] if self.select else []),
        ]
        # A separate ini file: a run must not depend on the settings of the folder in which it is started.
        own = ["-c", str(folder / "pytest.ini"), "-p", "no:cacheprovider"]
        resume = ["-p", "harness.nightly.resume", "--resume-from", str(folder / "suites")]
        package = Path(__file__).resolve().parent.parent
        return [sys.executable, "-m", "pytest", "-q", str(package), *own, *resume, *given]
