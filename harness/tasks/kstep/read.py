"""Geometries from files: XYZ in Å, as :mod:`harness.tasks.kstep.write` and most programs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.kstep.molecule import CLOSEST_NM, Molecule, closest_pair
from harness.tasks.kstep.units import ANGSTROM_NM


def with_geometry(molecule: Molecule, path: Path | None) -> Molecule:
    """The molecule with the geometry of the last frame of an XYZ file; unchanged where there is no file.

    Raises
    ------
    InputError
        If the file cannot be read, has other atoms or another order of them, or two atoms that overlap.
    """
    if path is None:
        return molecule
    try:
        lines = path.read_text(encoding="utf-8").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--geometry {path}: {error}; name an .xyz file") from None
    size = len(molecule)
    if len(lines) < size + 2 or lines[-size - 2].strip() != str(size):
        raise InputError(
            f"--geometry {path}: its last frame is not {size} atoms below two lines, as {molecule.name} has"
        )
    places = np.array([_place(path, row, atom, molecule) for atom, row in enumerate(lines[-size:])])
    i, j = closest_pair(places)
    distance, closest = float(np.linalg.norm(places[i] - places[j])), CLOSEST_NM / ANGSTROM_NM
    if distance < closest:
        raise InputError(
            f"--geometry {path}: atoms {i} and {j} are {distance:.4g} Å apart, less than {closest:g} Å; "
            "are the coordinates in Å?"
        )
    return molecule.at(places * ANGSTROM_NM)


def _place(path: Path, row: str, atom: int, molecule: Molecule) -> list[float]:
    """The coordinates of one atom in Å."""
    symbol, *values = row.split() or [""]
    if symbol != molecule.elements[atom]:
        raise InputError(
            f"--geometry {path}: atom {atom} is {shown(symbol)}, {molecule.elements[atom]!r} is due: the atoms of "
            f"{molecule.name} are {' '.join(molecule.elements)}"
        )
    try:
        found = [float(value) for value in values[:3]]
    except ValueError:
        found = []
    if len(found) != 3 or not np.isfinite(found).all():
        raise InputError(f"--geometry {path}: atom {atom} has {shown(row)}, a symbol and three finite numbers are due")
    return found
