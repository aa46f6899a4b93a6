"""Computing the missing entries of a cache: in parallel, resumable, each finished entry stored at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from harness.bridge.engine import Engine, EngineFault
from harness.bridge.entry_file import CacheFault

BATCH_COST_S = 15.0
"""Estimated work for one process: long compared with the start (0.5 s), short enough that a kill loses little work."""
BATCH_LENGTH = 16
LIMIT_FACTOR, LIMIT_FLOOR_S = 30.0, 120.0
"""A slow, busy machine must not be mistaken for one that hangs."""


class Planned(Protocol):
    """A requested entry: its case, for messages, and a rough estimate of its cost, for scheduling and time limits."""

    @property
    def case(self) -> str:
        """Its name in messages."""
        ...

    @property
    def cost_s(self) -> float:
        """CPU seconds, roughly."""
        ...


P = TypeVar("P", bound=Planned)
E = TypeVar("E", bound=Engine)
R = TypeVar("R")


@dataclass
class BuildReport:
    """The result of a build: entries stored, entries that existed before, and the faults by case."""

    stored: int = 0
    present: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


def missing_of(
    plan: Iterable[P], is_there: Callable[[P], bool], report: BuildReport, replace_refused: bool = False
) -> list[P]:
    """The missing entries of a plan. A damaged file is a fault, or, with ``replace_refused``, counts as missing."""
    missing = []
    for item in plan:
        try:
            there = is_there(item)
        except CacheFault as fault:
            if not replace_refused:
                report.faults.append((item.case, str(fault)))
                continue
            there = False
        report.present += there
        if not there:
            missing.append(item)
    return missing


def batches(plan: Sequence[P]) -> Iterator[list[P]]:
    """Groups of items for one process each, the most expensive first, so that no long group starts at the end."""
    batch: list[P] = []
    cost = 0.0
    for item in sorted(plan, key=lambda item: -item.cost_s):
        if batch and (cost + item.cost_s > BATCH_COST_S or len(batch) >= BATCH_LENGTH):
            yield batch
            batch, cost = [], 0.0
        batch.append(item)
        cost += item.cost_s
    if batch:
        yield batch


def fill(
    missing: Sequence[P],
    make_engine: Callable[[], E],
    run: Callable[[E, Sequence[P], float], Sequence[R | Exception]],
    store: Callable[[P, R, E], object],
    report: BuildReport,
    workers: int = 1,
    progress: Callable[[int], object] = lambda count: None,
) -> None:
    """Compute what is missing and store it.

    Parameters
    ----------
    missing
        From :func:`missing_of`.
    make_engine
        A new engine; each worker drives one at a time.
    run
        (engine, batch, limit in seconds) → for each item its result, or the exception that stands for it.
    store
        Stores the result of one item, in the calling thread.
    report
        Receives the number of stored entries, and the fault of each item that failed; the other items continue.
    progress
        Called with the number of items that were finished.

    Ctrl-C and a full disk stop everything at once: engines are killed, and all that was finished is stored.
    """
    active: set[E] = set()

    def work(batch: Sequence[P]) -> tuple[E, Sequence[R | Exception]]:
        engine = make_engine()
        active.add(engine)
        try:
            return engine, run(engine, batch, LIMIT_FLOOR_S + LIMIT_FACTOR * sum(item.cost_s for item in batch))
        finally:
            active.discard(engine)
            engine.close()

    def finish(future: Future[tuple[E, Sequence[R | Exception]]], batch: Sequence[P]) -> None:
        try:
            engine, results = future.result()
        except EngineFault as fault:
            report.faults.extend((item.case, str(fault)) for item in batch)
            return
        for item, result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                report.faults.append((item.case, str(result)))
                continue
            store(item, result, engine)
            report.stored += 1

    queue = list(batches(missing))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running: dict[Future[tuple[E, Sequence[R | Exception]]], list[P]] = {}
        try:
            while queue or running:
                while queue and len(running) < workers:
                    batch = queue.pop(0)
                    running[pool.submit(work, batch)] = batch
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = running.pop(future)
                    finish(future, batch)
                    progress(len(batch))
        except BaseException:
            _abort(active, running)
            raise


def _abort(active: set[E], running: Iterable[Future[Any]]) -> None:
    """Kill the programs of all engines repeatedly until no worker is left: a worker may be starting a program."""
    while True:
        for engine in list(active):
            engine.abort()
        if not wait(running, timeout=0.2).not_done:
            return
