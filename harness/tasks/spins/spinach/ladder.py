"""Which Spinach this machine can have: Engine, then batch, then Octave, then cache, then a refusal.

Every rung says in one line why it was taken or passed over; the pytest header, ``harness doctor`` and the report
print these lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import InputError
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.drivers import Driver
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.spinach import NoSpinach, SpinachCopy, find_spinach

ENGINES = ("spinach-matlab", "spinach-octave")


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its name, whether it can be used, and why (or why not, with the remedy)."""

    name: str
    usable: bool
    reason: str


@dataclass(frozen=True)
class Resolution:
    """What was found. ``driver`` computes live, None if nothing can; ``backend`` names the first usable rung.

    ``backend`` is "matlab-engine", "matlab-batch", "octave-batch", "cache", "exact" (only with allow_fallback) or
    "none".
    """

    backend: str
    rungs: tuple[Rung, ...]
    driver: Driver | None = field(default=None, compare=False)
    copy: SpinachCopy | None = None
    cached_entries: int = 0

    @property
    def is_spinach(self) -> bool:
        """False if only the fallback, or nothing, is there."""
        return self.backend not in ("exact", "none")

    @property
    def live(self) -> bool:
        """True if missing trajectories can be computed here."""
        return self.driver is not None

    def line(self) -> str:
        """One line for a header: what answers, and why not something better."""
        parts = [f"{rung.name}: {rung.reason}" for rung in self.rungs]
        return f"{self.backend} ({'; '.join(parts)})"

    def refusal(self) -> str:
        """One line for the case that nothing can answer."""
        return "no Spinach here: " + "; ".join(f"{r.name}: {r.reason}" for r in self.rungs if not r.usable)


def drivers(engine: str | None = None) -> list[Driver]:
    """Drivers in the order of preference; ``engine`` restricts them to "spinach-matlab" or "spinach-octave"."""
    from harness.tasks.spins.spinach.matlab_batch import MatlabBatch
    from harness.tasks.spins.spinach.matlab_engine import MatlabEngine
    from harness.tasks.spins.spinach.octave_batch import OctaveBatch

    if engine is not None and engine not in ENGINES:
        raise InputError(f"engine {engine!r} is unknown (known: {', '.join(ENGINES)})")
    every: list[Driver] = [MatlabEngine(), MatlabBatch(), OctaveBatch()]
    return [driver for driver in every if engine in (None, driver.engine)]


def resolve_backend(
    live: bool = False,
    allow_fallback: bool = False,
    engine: str | None = None,
    cache: SpinachCache | None = None,
    spinach_root: str | Path | None = None,
) -> Resolution:
    """Climb down the ladder.

    Parameters
    ----------
    live
        Do not take the cache for an answer.
    allow_fallback
        End at "exact" instead of at a refusal.
    engine
        Only this engine, "spinach-matlab" or "spinach-octave".
    cache
        Where cached entries are; by default the user's and the packaged one.

    Returns
    -------
    Resolution
        With ``backend == "none"`` rather than an exception if nothing is there; ask :meth:`Resolution.refusal`.
    """
    rungs: list[Rung] = []
    copy: SpinachCopy | None = None
    missing = ""
    try:
        copy = find_spinach(spinach_root)
    except NoSpinach as error:
        missing = str(error)
    driver: Driver | None = None
    for candidate in drivers(engine):
        if copy is None:
            rungs.append(Rung(candidate.name, False, missing if not rungs else "the same"))
            continue
        found = candidate.probe()
        reason = f"{candidate.engine} {found.version}, Spinach {copy.commit[:12]}" if found.usable else found.reason
        rungs.append(Rung(candidate.name, found.usable, reason))
        if found.usable:
            driver = candidate
            break
    cache = cache if cache is not None else SpinachCache.open()
    count = cache.count(engine)
    if live:
        rungs.append(Rung("cache", False, f"{count} entries, not looked at (live)"))
    else:
        rungs.append(
            Rung(
                "cache",
                count > 0,
                f"{count} entries, used before any engine" if count else f"no entry in {cache.describe()}",
            )
        )
    if allow_fallback:
        rungs.append(Rung("exact", True, "allowed as a fallback; not a validation against Spinach"))
    backend = next((rung.name for rung in rungs if rung.usable), "none")
    return Resolution(backend, tuple(rungs), driver, copy, 0 if live else count)


def first_usable(candidates: Sequence[Driver]) -> Driver:
    """The first driver that can run here.

    Raises
    ------
    EngineFault
        With the reason of each.
    """
    reasons = []
    for driver in candidates:
        found = driver.probe()
        if found.usable:
            return driver
        reasons.append(f"{driver.name}: {found.reason}")
    raise EngineFault("; ".join(reasons))
