"""The two programs that compute GFN2-xTB: tblite in process, and ``xtb``, each as an engine of the common ladder."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Protocol

from harness.bridge.engine import Availability, Engine
from harness.requirements import install_command
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.packages import EXTRA


class ForceEngine(Engine, Protocol):
    """An engine that computes energies and forces at any geometry."""

    def force(self, molecule: Molecule, warm: bool, accuracy: float | None) -> Force:
        """The force of a molecule; ``accuracy`` None is the usual one."""
        ...


class Tblite:
    """GFN2-xTB in process, by tblite."""

    name = "xtb-tblite"

    def probe(self) -> Availability:
        """Its version, or what is missing."""
        try:
            if find_spec("tblite") is not None:
                return Availability(True, f"tblite {version('tblite')}")
        except PackageNotFoundError:
            pass
        return Availability(False, reason=f"tblite is not installed; {install_command(EXTRA)}")

    def force(self, molecule: Molecule, warm: bool, accuracy: float | None) -> Force:
        """The force; with ``warm`` each SCF starts from the last one."""
        from harness.tasks.kstep.forces.tblite import Gfn2

        return Gfn2(molecule, warm=warm) if accuracy is None else Gfn2(molecule, warm=warm, accuracy=accuracy)

    def close(self) -> None:
        """Nothing is held."""

    def abort(self) -> None:
        """Nothing runs outside of this process."""


class XtbCommand:
    """The program ``xtb``, one call for each geometry; it has no warm start."""

    name = "xtb-program"

    def probe(self) -> Availability:
        """Its version, or what is missing."""
        from harness.tasks.kstep.forces.xtb_program import xtb_path, xtb_version

        path = xtb_path()
        if path is None:
            return Availability(False, reason="no program xtb on the PATH; install it or set HARNESS_XTB")
        if release := xtb_version(path):
            return Availability(True, f"xtb {release}")
        return Availability(False, reason=f"{path} prints no version: not the program xtb")

    def force(self, molecule: Molecule, warm: bool, accuracy: float | None) -> Force:
        """The force; every SCF starts anew."""
        from harness.tasks.kstep.forces.xtb_program import XtbProgram

        return XtbProgram(molecule) if accuracy is None else XtbProgram(molecule, accuracy)

    def close(self) -> None:
        """Nothing is held between calls."""

    def abort(self) -> None:
        """Each call is short, and ends with the process that made it."""


ENGINES: tuple[ForceEngine, ...] = (Tblite(), XtbCommand())
"""The best first."""
