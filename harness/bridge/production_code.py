"""A complete bridge for a production code with requests of plain values: cache, engine, or a refusal with all reasons.

A task defines requests (:class:`~harness.bridge.recorded.Request`: JSON values that determine the result), a class of
entries with its format, and engines that compute one request; this module contains the rest::

    class NwchemEntries(RecordedEntries):
        format = EntryFormat("nwchem-entry", 1)
        pins = Pins(Path(__file__).with_name("nwchem_cache.sha256"), lambda: Path(__file__).parent / "nwchem_cache")

    code = ProductionCode("NWChem", NwchemEntries.open("nwchem"), (NwchemProgram(),))
    code.ladder().line()            # what answers here, and why nothing better
    code.answer(request).arrays     # from the cache, else computed and stored, else InputError

``tests/bridge/interest.py`` is a complete production code of this kind in 70 lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.bridge.engine import CALL_LIMIT_S, Engine, EngineFault, ResultFault
from harness.bridge.filling import BuildReport, fill, missing_of
from harness.bridge.recorded import Recorded, RecordedEntries, Request
from harness.bridge.rungs import Ladder, cache_rung, engine_rungs
from harness.errors import InputError


class RecordingEngine(Engine, Protocol):
    """An engine that computes the result of one request."""

    def run(self, request: Request, limit_s: float = CALL_LIMIT_S) -> Recorded:
        """The result.

        Raises
        ------
        EngineFault, ResultFault
            If the engine cannot start, dies, gives no result in time, or an invalid result.
        """
        ...


@dataclass(frozen=True)
class ProductionCode:
    """Results of a production code: from the cache if they are there, else computed live and stored, else refused.

    Parameters
    ----------
    name
        Its name in messages.
    entries
        Its cache.
    engines
        Ways to run it, the best first.
    live
        Compute every request, also those in the cache.
    limit_s
        Time limit of one computation, in seconds.
    """

    name: str
    entries: RecordedEntries
    engines: Sequence[RecordingEngine]
    live: bool = False
    limit_s: float = CALL_LIMIT_S

    def ladder(self) -> Ladder[RecordingEngine]:
        """The rungs available on this machine; probes the engines."""
        rungs, engine = engine_rungs(self.engines, lambda engine, found: f"{self.name} {found.version}")
        count = len(self.entries.paths())
        cached = cache_rung(count, self.entries.describe(), self.live)
        return Ladder(self.name, (*rungs, cached), engine, 0 if self.live else count)

    def answer(self, request: Request) -> Recorded:
        """The result of one request.

        Raises
        ------
        InputError
            If no method is available, with the reason of every rung; also for a damaged entry, and for an engine that
            dies, gives no result in time, or an invalid result.
        """
        if not self.live and (found := self.entries.find(request)) is not None:
            return found
        ladder = self.ladder()
        if ladder.engine is None:
            missing = "" if self.live else f"no cached entry for {request.case or request.key[:12]}; "
            raise InputError(f"{missing}{ladder.refusal()}")
        computed = ladder.engine.run(request, self.limit_s)
        self.entries.store(computed)
        return computed

    def build(
        self,
        plan: Sequence[Request],
        make_engine: Callable[[], RecordingEngine],
        workers: int = 1,
        replace_refused: bool = False,
        progress: Callable[[int], object] = lambda count: None,
    ) -> BuildReport:
        """Compute and store the missing entries of a plan; see :func:`harness.bridge.filling.fill`.

        ``make_engine`` makes an engine for one worker. A request that fails is reported as a fault, and the others
        continue; with ``replace_refused`` a damaged entry is renamed and computed again. ``progress`` receives the
        number of finished requests.
        """
        report = BuildReport()
        there = self.entries.has
        missing = missing_of(plan, lambda request: there(f"{request.key}.h5"), report, replace_refused)
        progress(len(plan) - len(missing))

        def store(request: Request, result: Recorded, engine: RecordingEngine) -> None:
            self.entries.store(result, replace_refused)

        fill(missing, make_engine, _one_by_one, store, report, workers, progress)
        return report


def _one_by_one(engine: RecordingEngine, batch: Sequence[Request], limit_s: float) -> list[Recorded | Exception]:
    """The result of each request, or its fault."""
    results: list[Recorded | Exception] = []
    for request in batch:
        try:
            results.append(engine.run(request, limit_s))
        except (EngineFault, ResultFault) as fault:
            results.append(fault)
    return results
