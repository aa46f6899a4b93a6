"""A whole bridge for a production code whose requests are plain values: cache, engine, or a refusal with all reasons.

A task gives a request (:class:`Request`: a dictionary of JSON values that fixes the result) and engines that compute
one; the rest is here::

    class NwchemEntries(RecordedEntries):
        format = EntryFormat("nwchem-entry", 1)
        pins = Pins(Path(__file__).with_name("nwchem_cache.sha256"), lambda: Path(__file__).parent / "nwchem_cache")

    code = ProductionCode("NWChem", NwchemEntries.open("nwchem"), (NwchemProgram(),))
    code.ladder().line()            # what answers here, and why nothing better
    code.answer(request).arrays     # from the cache, else computed and stored, else InputError

``tests/bridge/interest.py`` is a complete production code of this kind in 70 lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from harness.bridge.engine import CALL_LIMIT_S, Engine
from harness.bridge.entry_file import CacheFault, EntryFormat
from harness.bridge.folders import EntryFolders, checked_content, user_folder
from harness.bridge.rungs import Ladder, cache_rung, engine_rungs
from harness.errors import InputError


@dataclass(frozen=True)
class Request:
    """What a result is determined by: ``fields`` are JSON values (floats with all bits, by ``float.hex()``).

    ``case`` names it for readers and does not enter the key.
    """

    fields: Mapping[str, Any]
    case: str = ""
    cost_s: float = 1.0

    @property
    def key(self) -> str:
        """SHA-256 (hex) of the fields: the name of the entry."""
        text = json.dumps(self.fields, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, eq=False)
class Recorded:
    """The result of a request: arrays by name, and its provenance as JSON values (version, date, seconds, input file).

    ``path`` is the file that it was read from, None for one that was computed now.
    """

    request: Request
    arrays: Mapping[str, np.ndarray]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None


class RecordingEngine(Engine, Protocol):
    """An engine that computes the result of one request."""

    def run(self, request: Request, limit_s: float = CALL_LIMIT_S) -> Recorded:
        """The result.

        Raises
        ------
        EngineFault, ResultFault
            If the engine cannot start, dies, gives nothing in time, or something that cannot be right.
        """
        ...


@dataclass(frozen=True)
class RecordedEntries(EntryFolders[Recorded]):
    """Folders of results, each under the key of its request. A production code has a subclass with its format."""

    format: ClassVar[EntryFormat]

    @classmethod
    def open(cls, code: str, cache_dir: str | Path | None = None) -> Self:
        """The user's folder for a production code, and the one that comes with the package, if there is one."""
        packaged = [cls.pins.packaged()] if cls.pins is not None else []
        return cls((user_folder(code, cache_dir), *packaged))

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """One entry, checked; raises :class:`CacheFault` for a file that is not one, or has another name."""
        entry = cls.format.from_bytes(checked_content(path, cls.pins), str(path), _parsed)
        if path.name != cls.name_of(entry):
            raise CacheFault(f"cache file {path}: its name does not fit its content; remove it")
        return replace(entry, path=path)

    @classmethod
    def name_of(cls, entry: Recorded) -> str:
        """The key of the request."""
        return f"{entry.request.key}.h5"

    @classmethod
    def content_of(cls, entry: Recorded) -> bytes:
        """The whole file."""
        header = {
            "key": entry.request.key,
            "case": entry.request.case,
            "request": dict(entry.request.fields),
            "provenance": dict(entry.provenance),
        }
        return cls.format.to_bytes(header, entry.arrays)

    def find(self, request: Request) -> Recorded | None:
        """The entry of exactly this request, None if there is none; raises :class:`CacheFault` for a damaged one."""
        name = f"{request.key}.h5"
        path = next((folder / name for folder in self.in_order if (folder / name).exists()), None)
        return None if path is None else self.read(path)


@dataclass(frozen=True)
class ProductionCode:
    """Results of a production code: from the cache if they are there, else computed live and stored, else refused.

    Parameters
    ----------
    name
        As messages call it.
    entries
        Its cache.
    engines
        Ways to run it, the best first.
    live
        Compute, whatever the cache holds.
    limit_s
        Time limit of one computation, in seconds.
    """

    name: str
    entries: RecordedEntries
    engines: Sequence[RecordingEngine]
    live: bool = False
    limit_s: float = CALL_LIMIT_S

    def ladder(self) -> Ladder[RecordingEngine]:
        """What this machine offers; probes the engines."""
        rungs, engine = engine_rungs(self.engines, lambda engine, found: f"{self.name} {found.version}")
        count = len(self.entries.paths())
        cached = cache_rung(count, self.entries.describe(), self.live)
        return Ladder(self.name, (*rungs, cached), engine, 0 if self.live else count)

    def answer(self, request: Request) -> Recorded:
        """The result of one request.

        Raises
        ------
        InputError
            If nothing can answer, with the reason of every rung; also for a damaged entry, and for an engine that
            dies, gives nothing in time, or something that cannot be right.
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


def _parsed(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Recorded:
    request = Request(header["request"], header["case"])
    if request.key != header["key"]:
        raise ValueError("the key does not follow from the request")
    return Recorded(request, arrays, header["provenance"])
