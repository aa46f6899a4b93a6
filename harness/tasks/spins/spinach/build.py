"""Filling a cache: in parallel, resumable, each finished entry kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from harness.tasks.spins.spinach.answers import spinach_details
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import Driver, Outcome
from harness.tasks.spins.spinach.entry import CacheFault, Entry, entry_name, read_entry
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.mfiles import mfiles_hash
from harness.tasks.spins.spinach.plan import Planned
from harness.tasks.spins.spinach.spinach import SpinachCopy

BATCH_COST_S = 15.0  # of estimated work per process: start-up (.5 s) stays small, and little is lost by a kill
BATCH_LENGTH = 16
LIMIT_FACTOR, LIMIT_FLOOR_S = 30.0, 120.0  # a slow, busy machine must not look like a hung one


@dataclass
class BuildReport:
    """What a build did: entries stored, entries that were there, and the faults by case."""

    stored: int = 0
    present: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


def is_there(cache: SpinachCache, item: Planned, engine: str, commit: str) -> bool:
    """True if a sound entry for exactly this item is in any folder.

    Raises
    ------
    CacheFault
        If a damaged file has its name.
    """
    name = entry_name(item.request, engine, commit)
    for folder in cache.folders:
        if (folder / name).exists():
            read_entry(folder / name)
            return True
    return False


def batches(plan: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Groups of items for one process each, the dearest first so that no long one is left to the end."""
    batch: list[Planned] = []
    cost = 0.0
    for item in sorted(plan, key=lambda item: -item.cost_s):
        if batch and (cost + item.cost_s > BATCH_COST_S or len(batch) >= BATCH_LENGTH):
            yield batch
            batch, cost = [], 0.0
        batch.append(item)
        cost += item.cost_s
    if batch:
        yield batch


def build(
    plan: Sequence[Planned],
    cache: SpinachCache,
    make_driver: Callable[[], Driver],
    copy: SpinachCopy,
    workers: int = 1,
    replace_refused: bool = False,
    progress: Callable[[int], object] = lambda count: None,
) -> BuildReport:
    """Compute what is missing and store it in the first folder of ``cache``; ``progress`` is told of finished items.

    Each worker drives one engine process at a time. A fault of one item is reported and the rest goes on. Ctrl-C and a
    full disk stop everything at once: engines are killed, and all that was finished is kept.
    """
    report = BuildReport()
    missing = _missing(plan, cache, make_driver().engine, copy.commit, report, replace_refused)
    progress(len(plan) - len(missing))
    active: set[Driver] = set()

    def work(batch: list[Planned]) -> tuple[Driver, list[Outcome]]:
        driver = make_driver()
        active.add(driver)
        limit_s = LIMIT_FLOOR_S + LIMIT_FACTOR * sum(item.cost_s for item in batch)
        try:
            return driver, driver.run([item.request for item in batch], "spinach", str(copy.root), limit_s)
        finally:
            active.discard(driver)
            driver.close()

    queue = list(batches(missing))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running: dict[Future[tuple[Driver, list[Outcome]]], list[Planned]] = {}
        try:
            while queue or running:
                while queue and len(running) < workers:
                    batch = queue.pop(0)
                    running[pool.submit(work, batch)] = batch
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = running.pop(future)
                    _keep(future, batch, cache, copy, report, replace_refused)
                    progress(len(batch))
        except BaseException:
            for driver in list(active):
                driver.abort()
            raise
    return report


def _missing(
    plan: Sequence[Planned], cache: SpinachCache, engine: str, commit: str, report: BuildReport, replace_refused: bool
) -> list[Planned]:
    missing = []
    for item in plan:
        try:
            there = is_there(cache, item, engine, commit)
        except CacheFault as fault:
            if not replace_refused:
                report.faults.append((item.case, str(fault)))
                continue
            there = False
        report.present += there
        if not there:
            missing.append(item)
    return missing


def _keep(
    future: Future[tuple[Driver, list[Outcome]]],
    batch: Sequence[Planned],
    cache: SpinachCache,
    copy: SpinachCopy,
    report: BuildReport,
    replace_refused: bool,
) -> None:
    try:
        driver, outcomes = future.result()
    except EngineFault as fault:
        report.faults.extend((item.case, str(fault)) for item in batch)
        return
    for item, outcome in zip(batch, outcomes, strict=True):
        if not isinstance(outcome, Answer):
            report.faults.append((item.case, str(outcome)))
            continue
        cache.store(entry_of(item, outcome, driver, copy), replace_refused)
        report.stored += 1


def entry_of(item: Planned, answer: Answer, driver: Driver, copy: SpinachCopy) -> Entry:
    """The cache entry for a planned item and the answer to it."""
    details = spinach_details(item.request, answer, copy, driver.name, mfiles_hash())
    return Entry(item.request, answer, driver.engine, copy.commit, details, item.role, item.case, item.parameters)
