"""What computes GFN2-xTB here: tblite in process, then the program xtb, then the cache, otherwise nothing.

To judge an integrator its quantum force must be live: every step needs forces at a new geometry. The cache contains
only reference trajectories, starts and second derivatives. No other method replaces GFN2-xTB: GFN1-xTB and GFN-FF are
other energy surfaces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from harness.errors import InputError
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.packages import EXTRA
from harness.tasks.kstep.references.cache import Cache

ENGINES = ("xtb-tblite", "xtb-program")


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its name, whether it can be used, and why, or why not with the remedy."""

    name: str
    usable: bool
    reason: str


@dataclass(frozen=True)
class Resolution:
    """What was found.

    ``backend`` is the name of the first usable rung: "xtb-tblite", "xtb-program", "cache" or "none". ``cache`` is None
    where it must not be used.
    """

    backend: str
    rungs: tuple[Rung, ...]
    version: str = ""
    cache: Cache | None = field(default=None, compare=False)

    @property
    def live(self) -> bool:
        """True if forces at any geometry can be computed here."""
        return self.backend in ENGINES

    def line(self) -> str:
        """One line for a header."""
        return f"{self.backend} ({'; '.join(f'{rung.name}: {rung.reason}' for rung in self.rungs)})"

    def refusal(self) -> str:
        """One line for the case that what is needed is not here."""
        return "no GFN2-xTB here: " + "; ".join(f"{r.name}: {r.reason}" for r in self.rungs if not r.usable)

    def force(self, molecule: Molecule, warm: bool = False, accuracy: float | None = None) -> Force:
        """A live quantum force of a molecule.

        Raises
        ------
        InputError
            If no engine is here: the reason of every rung. The cache cannot answer for an integrator.
        """
        if not self.live:
            raise InputError(f"an integrator needs live forces at every step: {self.refusal()}")
        options = {} if accuracy is None else {"accuracy": accuracy}
        if self.backend == "xtb-program":
            from harness.tasks.kstep.forces.xtb_program import XtbProgram

            return XtbProgram(molecule, **options)
        from harness.tasks.kstep.forces.tblite import Gfn2

        return Gfn2(molecule, warm=warm, **options)


def resolve(live: bool = False, engine: str | None = None, cache: Cache | None = None) -> Resolution:
    """Climb down the ladder.

    Parameters
    ----------
    live
        Do not use the cache.
    engine
        Only "xtb-tblite" or "xtb-program".
    """
    if engine is not None and engine not in ENGINES:
        raise InputError(f"engine {engine!r} is unknown (known: {', '.join(ENGINES)})")
    rungs, found = [], ""
    probes: dict[str, Callable[[], tuple[str, str]]] = {"xtb-tblite": _tblite, "xtb-program": _program}
    for name, probe in probes.items():
        if engine not in (None, name):
            rungs.append(Rung(name, False, f"not wanted, {engine} is"))
            continue
        release, missing = probe()
        rungs.append(Rung(name, bool(release), release or missing))
        if release:
            found = release
            break
    cache = cache if cache is not None else Cache.open()
    count = cache.count()
    if live:
        rungs.append(Rung("cache", False, f"{count} entries, not looked at (live)"))
    else:
        reason = f"{count} entries, used before any engine; of no use for live forces" if count else "no entry"
        rungs.append(Rung("cache", count > 0, reason))
    backend = next((rung.name for rung in rungs if rung.usable), "none")
    return Resolution(backend, tuple(rungs), found, None if live else cache)


def _tblite() -> tuple[str, str]:
    """The version of tblite, or what is missing."""
    from harness.requirements import install_command

    try:
        if find_spec("tblite") is not None:
            return f"tblite {version('tblite')}", ""
    except PackageNotFoundError:
        pass
    return "", f"tblite is not installed; {install_command(EXTRA)}"


def _program() -> tuple[str, str]:
    from harness.tasks.kstep.forces.xtb_program import xtb_path, xtb_version

    path = xtb_path()
    if path is None:
        return "", "no program xtb on the PATH; install it or set HARNESS_XTB"
    release = xtb_version(path)
    return (f"xtb {release}", "") if release else ("", f"{path} prints no version: not the program xtb")
