"""The reference ``mean-field``: an independent program, its stored answers, or our own integrator, in that order.

No production code of another group can be installed here: its authors' generator has no licence, their CUDA program
needs a GPU. What stands in its place is a second program in another language that shares no line with the simulator
(``matlab/harness_echo.m``: density matrices, dense sums), run by Octave; the nine published curves of the CUDA program
are compared where a copy is at hand (:mod:`harness.tasks.echo.published`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.task import Resolution
from harness.tasks.echo.draws import DRAWS, mean_over_draws
from harness.tasks.echo.octave import LARGEST_SIDE, OctaveFault, probe, simulate_octave
from harness.tasks.echo.plain import simulate_plain
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.published import VARIABLE, published_root
from harness.tasks.echo.signals import DRAW, MEAN, answer_of
from harness.tasks.echo.stored import read_answers
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its name, whether it can be used, and why (or why not, with the remedy)."""

    name: str
    usable: bool
    reason: str


class NoReference(InputError):
    """No rung of the ladder can answer; the message names the reason of each."""


@dataclass(frozen=True, eq=False)
class ReferenceAnswer:
    """``m`` (T,) complex128, which program gave it ("octave 7.3.0", "octave 7.3.0, stored", …), seconds it took."""

    m: np.ndarray
    source: str
    seconds: float


@dataclass(frozen=True)
class MeanField:
    """The reference, as a ladder.

    Parameters
    ----------
    live
        Do not take stored answers.
    allow_fallback
        End at our own integrator in numpy instead of at a refusal; its answers name it and are no validation.
    """

    live: bool = False
    allow_fallback: bool = False
    name: str = "mean-field"
    observables: tuple[str, ...] = (*DRAW, *MEAN)

    def rungs(self) -> tuple[Rung, ...]:
        """Every rung with the reason why it is used or passed over, best first."""
        return (self._stored(), self._octave(), self._published(), self._plain())

    @staticmethod
    def resolution(live: bool, allow_fallback: bool) -> Resolution:
        """Who answers, with the reason of every rung.

        Raises
        ------
        NoReference
            If nobody does.
        """
        ladder = MeanField(live, allow_fallback)
        rungs = ladder.rungs()
        used = next((rung for rung in rungs if rung.usable and rung.name != "published"), None)
        why = "; ".join(f"{rung.name}: {rung.reason}" for rung in rungs)
        if used is None:
            raise NoReference(f"no reference for the task echo: {why}")
        return Resolution(
            asked=ladder.name,
            used=used.name,
            why=why,
            is_asked=used.name != "numpy",
            live=any(rung.usable for rung in rungs if rung.name == "octave"),
            reference=ladder,
            stand_in="numpy",
        )

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = DRAW) -> Trajectory:
        """The curve of one draw from the ladder, the mean over draws from our simulator; what is asked for."""
        m, source = None, Provenance(self.name, "our simulator", details={"draws": DRAWS})
        if set(DRAW) & set(observables):
            answer = self.answer(system, grid)
            m, source = answer.m, Provenance(self.name, answer.source)
        mean = mean_over_draws(system, grid) if set(MEAN) & set(observables) else None
        return answer_of(grid, source, m, mean)

    def answer(self, system: EchoSystem, plan: EchoPlan) -> ReferenceAnswer:
        """M(t) by the first rung that has it.

        Raises
        ------
        NoReference
            Naming every rung.
        """
        reasons = []
        for name, attempt in (("stored", self._looked_up), ("octave", self._run), ("numpy", self._integrated)):
            started = time.perf_counter()
            found = attempt(system, plan)
            if not isinstance(found, str):
                return ReferenceAnswer(*found, time.perf_counter() - started)
            reasons.append(f"{name}: {found}")
        raise NoReference(f"no reference for {system.name}: " + "; ".join(reasons))

    def _looked_up(self, system: EchoSystem, plan: EchoPlan) -> tuple[np.ndarray, str] | str:
        """The stored curve and its program, or why there is none."""
        rung = self._stored()
        if not rung.usable:
            return rung.reason
        answers = read_answers()
        curve = answers.lookup(system, plan)
        return "no such curve" if curve is None else (curve, f"{answers.engine}, stored")

    def _run(self, system: EchoSystem, plan: EchoPlan) -> tuple[np.ndarray, str] | str:
        """The curve from Octave and its version, or why there is none."""
        rung = self._octave()
        if not rung.usable:
            return rung.reason
        if system.side > LARGEST_SIDE:
            return f"{system.side} spins along an edge, at most {LARGEST_SIDE} are possible"
        try:
            curves, engine = simulate_octave([system], plan)
        except OctaveFault as error:
            return str(error)
        return curves[0], engine

    def _integrated(self, system: EchoSystem, plan: EchoPlan) -> tuple[np.ndarray, str] | str:
        """Our own answer, or that it is not allowed."""
        rung = self._plain()
        return (simulate_plain(system, plan), "our own integrator in numpy") if rung.usable else rung.reason

    def _stored(self) -> Rung:
        if self.live:
            return Rung("stored", False, "not looked at (live)")
        try:
            answers = read_answers()
        except InputError as error:
            return Rung("stored", False, str(error))
        return Rung("stored", True, f"{len(answers.curves)} curves of {answers.engine}")

    @staticmethod
    def _octave() -> Rung:
        found = probe()
        return Rung("octave", found.usable, f"Octave {found.version}" if found.usable else found.reason)

    @staticmethod
    def _published() -> Rung:
        try:
            root = published_root()
        except InputError as error:
            return Rung("published", False, str(error))
        if root is None:
            return Rung("published", False, f"{VARIABLE} names no copy of Spin_Echo_Sim")
        return Rung("published", True, f"nine curves in {root}, compared as distributions")

    def _plain(self) -> Rung:
        reason = "our own integrator in numpy; not an independent reference"
        return Rung("numpy", self.allow_fallback, reason if self.allow_fallback else "only with --allow-fallback")
