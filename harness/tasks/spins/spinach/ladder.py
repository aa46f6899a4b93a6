"""The Spinach that this machine can use: the MATLAB Engine, ``matlab -batch``, Octave, the cache, or an error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.bridge.engine import Availability
from harness.bridge.rungs import Ladder, cache_rung, engine_rungs, fallback_rung
from harness.errors import InputError
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.drivers import Driver
from harness.tasks.spins.spinach.spinach import NoSpinach, SpinachCopy, find_spinach

ENGINES = ("spinach-matlab", "spinach-octave")


@dataclass(frozen=True)
class Resolution(Ladder[Driver]):
    """What was found, with the copy of Spinach that live engines run.

    ``backend`` is "matlab-engine", "matlab-batch", "octave-batch", "cache", "exact" (only with allow_fallback) or
    "none".
    """

    copy: SpinachCopy | None = None

    @property
    def driver(self) -> Driver | None:
        """The driver that computes live, None if there is none."""
        return self.engine

    @property
    def is_spinach(self) -> bool:
        """False if only the fallback, or nothing, is there."""
        return self.is_production


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
    """Look for Spinach, from the best level of the list of engines down.

    Parameters
    ----------
    live
        Do not answer from the cache.
    allow_fallback
        End at "exact" instead of with an error.
    engine
        Only this engine, "spinach-matlab" or "spinach-octave".
    cache
        Where cached entries are; by default the user's and the packaged one.

    Returns
    -------
    Resolution
        With ``backend == "none"`` rather than an exception if nothing is there; see :meth:`Ladder.refusal`.
    """
    copy: SpinachCopy | None = None
    missing = ""
    try:
        copy = find_spinach(spinach_root)
    except NoSpinach as error:
        missing = str(error)

    def described(driver: Driver, found: Availability) -> str:
        return f"{driver.engine} {found.version}, Spinach {copy.commit[:12] if copy else 'missing'}"

    rungs, driver = engine_rungs(drivers(engine), described, missing)
    cache = cache if cache is not None else SpinachCache.open()
    count = cache.count(engine)
    rungs += (cache_rung(count, cache.describe(), live),)
    if allow_fallback:
        rungs += (fallback_rung("exact", "Spinach"),)
    return Resolution("Spinach", rungs, driver, 0 if live else count, copy)
