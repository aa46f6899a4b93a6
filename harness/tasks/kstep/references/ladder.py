"""What computes GFN2-xTB here: tblite in process, then the program xtb, then the cache, otherwise nothing.

To judge an integrator its quantum force must be live: every step needs forces at a new geometry. The cache contains
only reference trajectories, starts and second derivatives. No other method replaces GFN2-xTB: GFN1-xTB and GFN-FF are
other energy surfaces.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.bridge.rungs import Ladder, Rung, cache_rung, engine_rungs
from harness.errors import InputError
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.engines import ENGINES, ForceEngine
from harness.tasks.kstep.references.entries import CODE, XtbEntries


@dataclass(frozen=True)
class Resolution:
    """What was found: the rungs with their reasons, and the cache; None where it must not be used."""

    ladder: Ladder[ForceEngine]
    cache: XtbEntries | None = field(default=None, compare=False)

    @property
    def backend(self) -> str:
        """The name of the first usable rung: "xtb-tblite", "xtb-program", "cache" or "none"."""
        return self.ladder.backend

    @property
    def version(self) -> str:
        """Name and version of the engine; "" if there is none."""
        return next((rung.reason for rung in self.ladder.rungs if rung.usable and rung.kind == "engine"), "")

    @property
    def live(self) -> bool:
        """True if forces at any geometry can be computed here."""
        return self.ladder.live

    def line(self) -> str:
        """One line for a header."""
        return self.ladder.line()

    def refusal(self) -> str:
        """One line for the case that what is needed is not here."""
        return self.ladder.refusal()

    def force(self, molecule: Molecule, warm: bool = False, accuracy: float | None = None) -> Force:
        """A live quantum force of a molecule.

        Raises
        ------
        InputError
            If no engine is here: the reason of every rung. The cache cannot answer for an integrator.
        """
        if self.ladder.engine is None:
            raise InputError(f"an integrator needs live forces at every step: {self.refusal()}")
        return self.ladder.engine.force(molecule, warm, accuracy)


def resolve(live: bool = False, engine: str | None = None, cache: XtbEntries | None = None) -> Resolution:
    """Climb down the ladder.

    Parameters
    ----------
    live
        Do not use the cache.
    engine
        Only "xtb-tblite" or "xtb-program".
    """
    known = [one.name for one in ENGINES]
    if engine is not None and engine not in known:
        raise InputError(f"engine {engine!r} is unknown (known: {', '.join(known)})")
    unwanted = tuple(Rung(name, False, f"not wanted, {engine} is") for name in known if engine not in (None, name))
    wanted = [one for one in ENGINES if engine in (None, one.name)]
    rungs, found = engine_rungs(wanted, lambda _, there: there.version)
    cache = cache if cache is not None else XtbEntries.open(CODE)
    count = len(cache.paths())
    cached = cache_rung(count, cache.describe(), live)
    ladder = Ladder("GFN2-xTB", (*unwanted, *rungs, cached), found, 0 if live else count)
    return Resolution(ladder, None if live else cache)
