"""The ladder: which methods can compute or replace a production code here, each rung with its reason in one line.

The header of a run, ``harness doctor`` and the report print these lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from harness.bridge.engine import Availability, Engine
from harness.errors import InputError
from harness.task import Resolution

E = TypeVar("E", bound=Engine)


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its name, whether it can be used, and why (or why not, with the remedy)."""

    name: str
    usable: bool
    reason: str
    kind: Literal["engine", "cache", "fallback"] = "engine"


@dataclass(frozen=True)
class Ladder(Generic[E]):
    """The rungs that were found, the best one first.

    Parameters
    ----------
    production
        The name of the production code in messages.
    rungs
        Every rung that was checked.
    engine
        Computes live; None if nothing can.
    cached_entries
        The number of usable entries of the cache: 0 in a run that computes everything live.
    """

    production: str
    rungs: tuple[Rung, ...]
    engine: E | None = field(default=None, compare=False)
    cached_entries: int = 0

    @property
    def backend(self) -> str:
        """The name of the first usable rung, "none" if there is none."""
        return next((rung.name for rung in self.rungs if rung.usable), "none")

    @property
    def is_production(self) -> bool:
        """False if only a fallback, or nothing, is available."""
        return any(rung.usable and rung.kind != "fallback" for rung in self.rungs)

    @property
    def live(self) -> bool:
        """True if missing entries can be computed here."""
        return self.engine is not None

    @property
    def used(self) -> str:
        """The method of a run: "cache, else octave-batch" if an engine computes the missing entries of the cache."""
        if not self.cached_entries:
            return self.backend
        return f"cache, else {self.backend}" if self.live else "cache"

    def line(self) -> str:
        """One line for a header: the method used, and why no better one is available."""
        return f"{self.backend} ({'; '.join(f'{rung.name}: {rung.reason}' for rung in self.rungs)})"

    def refusal(self) -> str:
        """One line for the case that no method is available: the reason of every rung that cannot be used."""
        reasons = "; ".join(f"{rung.name}: {rung.reason}" for rung in self.rungs if not rung.usable)
        return f"no {self.production} here: {reasons}"

    def resolution(
        self, requested: str, reference: Any, remedy: str, stand_in: tuple[str, Any] | None = None
    ) -> Resolution:
        """Which method gives the answers in a run, for :meth:`harness.suites.behaviour.Behaviour.resolve`.

        Parameters
        ----------
        requested, reference
            The name of the requested reference, and the object that computes its answers.
        remedy
            What the user can do if no method is available: one or more sentences.
        stand_in
            Name and object of another method, if a fallback is allowed; None if it is not.

        Raises
        ------
        InputError
            If no method is available and there is no fallback: the reason of every rung, and the remedy.
        """
        if self.is_production:
            return Resolution(requested, self.used, self.line(), True, self.live, reference)
        if stand_in is None:
            raise InputError(f"{self.refusal()}. {remedy}")
        name, method = stand_in
        return Resolution(requested, name, self.refusal(), False, True, method, name)


def engine_rungs(
    engines: Sequence[E], described: Callable[[E, Availability], str], obstacle: str = ""
) -> tuple[tuple[Rung, ...], E | None]:
    """One rung for each engine, down to the first that can run, and that engine.

    ``described`` gives the line of a usable engine. ``obstacle`` is a reason why no engine can run, independent of the
    installed programs; then nothing is probed.
    """
    rungs: list[Rung] = []
    for engine in engines:
        if obstacle:
            rungs.append(Rung(engine.name, False, "the same" if rungs else obstacle))
            continue
        found = engine.probe()
        rungs.append(Rung(engine.name, found.usable, described(engine, found) if found.usable else found.reason))
        if found.usable:
            return tuple(rungs), engine
    return tuple(rungs), None


def cache_rung(count: int, place: str, live: bool = False) -> Rung:
    """The rung of a cache of ``count`` entries in the folders ``place``; with ``live`` it is not used."""
    if live:
        return Rung("cache", False, f"{count} entries, not looked at (live)", "cache")
    reason = f"{count} entries, used before any engine" if count else f"no entry in {place}"
    return Rung("cache", count > 0, reason, "cache")


def fallback_rung(name: str, production: str) -> Rung:
    """The last rung, if it is allowed: another method; it never has the name of the production code."""
    return Rung(name, True, f"allowed as a fallback; not a validation against {production}", "fallback")
