"""The methods of the bridge in the registry of references: spinach, spinach-matlab, spinach-octave, octave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables, refuse_relaxing
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.spinach.answers import spinach_details, spinach_trajectory
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, Driver, single
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.ladder import Resolution, resolve_backend
from harness.tasks.spins.spinach.mfiles import mfiles_hash
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import OBSERVABLES, Provenance, SpinSystem, TimeGrid, Trajectory


class Spinach:
    """Results of Spinach: from the cache if they are there, else computed live, else an error.

    Parameters
    ----------
    live
        Compute, whatever the cache holds.
    options
        How Spinach is to compute; by default a complete basis up to 10 spins, IK-1 of level 6 beyond.
    cache_dir
        The user's cache folder, searched before the packaged one.
    allow_fallback
        Answer with "exact" if there is no Spinach; the provenance then names "exact" and never Spinach.
    limit_s
        Time limit of a live call in seconds.
    driver
        An engine to use instead of the first that the ladder finds.
    """

    name = "spinach"
    engine: str | None = None
    more = frozenset({RELAXATION})
    observables = OBSERVABLES

    def __init__(
        self,
        live: bool = False,
        options: SpinachOptions | None = None,
        cache_dir: str | Path | None = None,
        allow_fallback: bool = False,
        limit_s: float = CALL_LIMIT_S,
        driver: Driver | None = None,
        spinach_root: str | Path | None = None,
    ) -> None:
        self.live = live
        self.options = options
        self.cache = SpinachCache.open(cache_dir)
        self.allow_fallback = allow_fallback
        self.limit_s = limit_s
        self.driver = driver
        self.spinach_root = spinach_root
        self._resolution: Resolution | None = None
        self._mfiles = ""

    def resolve(self) -> Resolution:
        """The engines on this machine, searched once for this object."""
        if self._resolution is None:
            self._resolution = resolve_backend(
                self.live, self.allow_fallback, self.engine, self.cache, self.spinach_root
            )
        return self._resolution

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; raises as :meth:`answer`."""
        wanted = checked_observables(observables, self.observables, self.name)
        return self.answer(Request.of(system, grid, wanted, self.options))

    def answer(self, request: Request) -> Trajectory:
        """The answer to one request: to a :class:`~harness.tasks.spins.spinach.MoleculeRequest`, the result of
        Spinach for the molecule.

        Raises
        ------
        InputError
            If nothing can answer, with the reason of every rung; also for a damaged cache file, an engine that dies or
            does not answer, an error in an m-file, or a result that cannot be right.
        """
        if not self.live:
            cached = self.cache.lookup(request, self.engine)
            if cached is not None:
                return cached
        found = self.resolve()
        driver = self.driver or found.driver
        if driver is not None and found.copy is not None:
            answer = single(driver.run([request], "spinach", str(found.copy.root), self.limit_s)[0])
            self._mfiles = self._mfiles or mfiles_hash()
            details = spinach_details(request, answer, found.copy, driver.name, self._mfiles)
            return spinach_trajectory(request, answer, details, "live")
        if self.allow_fallback:
            return self._fallback(request)
        if self.live:
            raise InputError(found.refusal())
        system, grid = request.system, request.grid
        there = self.cache.like(system, self.engine)
        known = f"cached for {there}: take one of these, " if there else "nothing is cached for these spins: take "
        raise InputError(
            f"no cached entry for {system!r} on {grid.points} x {grid.dt_s:g} s; {known}what 'harness cache list' has, "
            f"the method 'exact', or a Spinach of your own; {found.refusal()}"
        )

    def _fallback(self, request: Request) -> Trajectory:
        from harness.tasks.spins.references.exact import Exact

        exact = Exact().simulate(request.system, request.grid, request.observables)
        details = {**exact.provenance.details, "fallback_for": self.name, "reason": self.resolve().refusal()}
        provenance = Provenance("exact", exact.provenance.engine, exact.provenance.version, details)
        return replace(exact, provenance=provenance)


class SpinachMatlab(Spinach):
    """Spinach under MATLAB only: Engine, else ``matlab -batch``, else entries that MATLAB made."""

    name = "spinach-matlab"
    engine = "spinach-matlab"


class SpinachOctave(Spinach):
    """Spinach under Octave only, or entries that Octave made."""

    name = "spinach-octave"
    engine = "spinach-octave"


class OctaveExact:
    """The independent exact FID of ``matlab/harness_exact.m``, run by Octave. It is not Spinach."""

    name = "octave"
    observables = OBSERVABLES

    def __init__(self, limit_s: float = CALL_LIMIT_S, driver: Driver | None = None) -> None:
        from harness.tasks.spins.spinach.octave_batch import OctaveBatch

        self.limit_s = limit_s
        self.driver: Driver = driver or OctaveBatch()

    def simulate(
        self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = DEFAULT_OBSERVABLES
    ) -> Trajectory:
        """Observables of ``system`` on ``grid``; :class:`InputError` without a usable Octave."""
        refuse_relaxing(system, self.name)
        request = Request.of(system, grid, checked_observables(observables, self.observables, self.name))
        found = self.driver.probe()
        if not found.usable:
            raise EngineFault(f"method 'octave': {found.reason}")
        answer = single(self.driver.run([request], "exact", "", self.limit_s)[0])
        stages = {stage: wall for stage, (wall, _) in answer.stages.items()}
        provenance = Provenance(
            "octave", answer.engine, answer.engine_version, {"source": "live", "stages_wall_s": stages}
        )
        return Trajectory.of(grid, provenance, answer.m, answer.i1z, answer.spin_signals, answer.spin_polarisations)
