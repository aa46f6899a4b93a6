"""The state of a nightly run: one small file, written anew after every phase."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.durable import write_json
from harness.errors import InputError
from harness.nightly.options import PHASES, NightlyOptions
from harness.report.history import is_run_name
from harness.suites.run_options import SEEDS

SCHEMA = "harness-nightly-1"


@dataclass
class State:
    """The current run in a folder: its name, its options, the seed of its fresh systems, the phases that are done."""

    run: str
    options: Mapping[str, Any]
    fresh_seed: int
    done: list[str] = field(default_factory=list)
    attempts: int = 1
    schema: str = SCHEMA

    @property
    def phase(self) -> str:
        """The first phase that is not done, "" if all are."""
        return next((phase for phase in PHASES if phase not in self.done), "")

    def save(self, work: Path) -> None:
        """Write it to ``current.json``."""
        write_json(work / "current.json", asdict(self))

    def close(self, work: Path) -> None:
        """The run is finished: store its state with it, and let the next call begin a new one."""
        write_json(work / self.run / "state.json", asdict(self))
        (work / "current.json").unlink(missing_ok=True)


def take_up(work: Path, reports: Path, options: NightlyOptions, restart: bool) -> State:
    """The unfinished run of ``work``, or a new one with a name that no report has yet.

    Raises
    ------
    InputError
        If an unfinished run has other options, or its file is damaged, and ``restart`` is not set.
    """
    path = work / "current.json"
    if path.exists() and not restart:
        state = _read(path)
        if dict(state.options) != options.as_dict():
            theirs, ours = state.options, options.as_dict()
            odd = next(k for k in {**ours, **theirs} if k not in theirs or k not in ours or theirs[k] != ours[k])
            raise InputError(
                f"run {state.run} in {work} is unfinished and has {odd} = {theirs.get(odd)!r}, not {ours.get(odd)!r}: "
                "finish it with its own options, abandon it with --restart, or name another --work-dir"
            )
        state.attempts += 1
    else:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
        name = base = f"{stamp}-nightly-{options.judged}"
        number = 1
        while (reports / name).exists() or (work / name).exists():
            number += 1
            name = f"{base}-{number}"
        seed = secrets.randbelow(SEEDS) if options.fresh_seed is None else options.fresh_seed
        state = State(name, options.as_dict(), seed)
    (work / state.run).mkdir(parents=True, exist_ok=True)
    state.save(work)
    return state


def _read(path: Path) -> State:
    remedy = "abandon that run with --restart"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        state = State(**content)
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; {remedy}") from None
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path}: cannot be used ({' '.join(str(error).split())[:120]}); {remedy}") from None
    plain = isinstance(state.run, str) and is_run_name(state.run)
    plain = plain and type(state.attempts) is type(state.fresh_seed) is int
    listed = isinstance(state.done, list) and all(phase in PHASES for phase in state.done)
    if state.schema != SCHEMA or not plain or not listed or not isinstance(state.options, dict):
        raise InputError(f"{path}: is not the state of a nightly run of this version; {remedy}")
    return state
