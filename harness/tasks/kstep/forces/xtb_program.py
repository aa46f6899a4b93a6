"""GFN2-xTB by the program ``xtb``, one process for each call: it is slow, but independent of tblite."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np

from harness.bridge.process import run_limited
from harness.errors import InputError
from harness.tasks.kstep.forces.base import ForceFault, checked
from harness.tasks.kstep.forces.tblite import ACCURACY
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.units import ANGSTROM_NM, FORCE_KJ_MOL_NM, HARTREE_KJ_MOL

CALL_LIMIT_S = 120.0


def xtb_path() -> str | None:
    """Where the program is: ``HARNESS_XTB``, else the first ``xtb`` on the PATH; None if there is none."""
    return shutil.which(os.environ.get("HARNESS_XTB", "xtb"))


def xtb_version(path: str) -> str:
    """The version that the program prints, as "6.5.1"; "" if it prints none."""
    try:
        done = run_limited([path, "--version"], CALL_LIMIT_S)
    except OSError:
        return ""
    found = re.search(r"xtb version (\S+)", done.stdout)
    return found.group(1) if found else ""


class XtbProgram:
    """Energies and forces of one molecule by ``xtb --gfn 2 --grad``; no call uses a previous density."""

    name = "GFN2-xTB (program xtb)"

    def __init__(self, molecule: Molecule, accuracy: float = ACCURACY) -> None:
        path = xtb_path()
        if path is None:
            raise InputError("GFN2-xTB by the program xtb: there is none on the PATH; install it or set HARNESS_XTB")
        self.molecule = molecule
        self._command = [path, "molecule.xyz", "--gfn", "2", "--grad", "--acc", f"{accuracy:g}"]
        self._command += ["--chrg", str(molecule.charge)]

    def __call__(self, positions_nm: np.ndarray) -> tuple[float, np.ndarray]:
        """Energy in kJ/mol and forces in kJ/mol/nm."""
        with tempfile.TemporaryDirectory(prefix="kstep-xtb-") as name:
            folder = Path(name)
            (folder / "molecule.xyz").write_text(xyz_text(self.molecule, positions_nm), encoding="utf-8")
            try:
                done = run_limited(self._command, CALL_LIMIT_S, folder, {"OMP_NUM_THREADS": "1"})
            except OSError as error:
                raise ForceFault(f"{self.name}: cannot be started ({error.strerror})") from None
            if done.timed_out:
                raise ForceFault(f"{self.name}: no result within {CALL_LIMIT_S:g} s")
            if done.status != 0 or not (folder / "gradient").is_file():
                raise ForceFault(f"{self.name}: {done.ending} and no gradient; {done.last_message}")
            return self._read((folder / "gradient").read_text(encoding="utf-8"))

    def _read(self, text: str) -> tuple[float, np.ndarray]:
        """The energy and minus the gradient of a Turbomole ``gradient`` file."""
        lines = text.splitlines()
        size = len(self.molecule)
        try:
            energy = float(lines[1].split("=")[2].split()[0])
            rows = [[float(word.replace("D", "E")) for word in line.split()] for line in lines[2 + size : 2 + 2 * size]]
            gradient = np.array(rows).reshape(size, 3)
        except (IndexError, ValueError):
            raise ForceFault(f"{self.name}: its file gradient cannot be read") from None
        return checked(self.name, energy * HARTREE_KJ_MOL, -gradient * FORCE_KJ_MOL_NM)


def xyz_text(molecule: Molecule, positions_nm: np.ndarray) -> str:
    """The geometry as an XYZ file, in Å."""
    rows = [
        f"{symbol} {x:.15f} {y:.15f} {z:.15f}"
        for symbol, (x, y, z) in zip(molecule.elements, positions_nm / ANGSTROM_NM, strict=True)
    ]
    return "\n".join([str(len(molecule)), molecule.name.splitlines()[0], *rows, ""])
