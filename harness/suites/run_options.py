"""The options of a validation run."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import InputError
from harness.task import TIERS, Task, Tier, task_of

SEEDS = 1 << 32


@dataclass(frozen=True)
class RunOptions:
    """The options of the command line.

    ``subject`` "" is the default subject of the task; ``fresh_seed`` is the seed of the systems that are drawn for this
    run alone.

    Raises
    ------
    InputError
        For a reference that no task has, an unknown tier, or a seed out of range.
    """

    validate_against: str
    subject: str = ""
    allow_fallback: bool = False
    live: bool = False
    tier: Tier = "smoke"
    report_dir: str | None = None
    case_limit_s: float = 120.0
    fresh_seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.fresh_seed < SEEDS:
            raise InputError(f"--fresh-seed {self.fresh_seed!r}: must be a whole number of 0 … {SEEDS - 1}")
        if self.tier not in TIERS:
            raise InputError(f"--tier {self.tier!r} is unknown (known: {', '.join(TIERS)})")
        object.__setattr__(self, "subject", self.subject or self.task.subject)

    @property
    def task(self) -> Task:
        """The task of the reference."""
        return task_of(self.validate_against)

    def includes(self, tier: Tier) -> bool:
        """True if a run of this tier includes what is marked with ``tier``."""
        return TIERS.index(tier) <= TIERS.index(self.tier)

    def arguments(self) -> list[str]:
        """The options, as on a command line, that can change a number."""
        given = ["--validate-against", self.validate_against, "--subject", self.subject, "--tier", self.tier,
                 "--fresh-seed", str(self.fresh_seed)]  # fmt: skip
        given += ["--live"] if self.live else []
        return given + (["--allow-fallback"] if self.allow_fallback else [])
