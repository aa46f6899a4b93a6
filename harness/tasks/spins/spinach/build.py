"""Filling the cache of Spinach from a plan, see :mod:`harness.bridge.filling`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.bridge.filling import BuildReport, fill, missing_of
from harness.tasks.spins.spinach.answers import spinach_details
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import Driver, Outcome
from harness.tasks.spins.spinach.entry import Entry, entry_name
from harness.tasks.spins.spinach.mfiles import mfiles_hash
from harness.tasks.spins.spinach.plan import Planned
from harness.tasks.spins.spinach.spinach import SpinachCopy

__all__ = ["BuildReport", "build", "entry_of", "is_there"]


def is_there(cache: SpinachCache, item: Planned, engine: str, commit: str) -> bool:
    """True if a valid entry for exactly this item is in any folder.

    Raises
    ------
    CacheFault
        If a damaged file has its name.
    """
    return cache.has(entry_name(item.request, engine, commit))


def build(
    plan: Sequence[Planned],
    cache: SpinachCache,
    make_driver: Callable[[], Driver],
    copy: SpinachCopy,
    workers: int = 1,
    replace_refused: bool = False,
    progress: Callable[[int], object] = lambda count: None,
) -> BuildReport:
    """Compute what is missing and store it in the first folder of ``cache``.

    ``progress`` gets the number of finished items. See :func:`harness.bridge.filling.fill` for faults and Ctrl-C.
    """
    report = BuildReport()
    engine = make_driver().engine
    missing = missing_of(plan, lambda item: is_there(cache, item, engine, copy.commit), report, replace_refused)
    progress(len(plan) - len(missing))

    def run(driver: Driver, batch: Sequence[Planned], limit_s: float) -> list[Outcome]:
        return driver.run([item.request for item in batch], "spinach", str(copy.root), limit_s)

    def store(item: Planned, answer: Answer, driver: Driver) -> None:
        cache.store(entry_of(item, answer, driver, copy), replace_refused)

    fill(missing, make_driver, run, store, report, workers, progress)
    return report


def entry_of(item: Planned, answer: Answer, driver: Driver, copy: SpinachCopy) -> Entry:
    """The cache entry for a planned item and the answer to it."""
    details = spinach_details(item.request, answer, copy, driver.name, mfiles_hash())
    return Entry(item.request, answer, driver.engine, copy.commit, details, item.role, item.case, item.parameters)
