"""What NWChem prints and writes: rows of the dipole, energy and field, Re P of each step, complex P of a restart
file, and its quadrature grid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.bridge.engine import ResultFault
from harness.tasks.tddft.systems import MolecularSystem

ROW = re.compile(r"^rt\s+(?P<time>\S+)\s+(?P<values>[-+0-9.E\s]+?)\s+# (?P<label>.+?)\s*$")
VERSION = re.compile(r"nwchem branch\s*=\s*(\S+)")
AS_OURS = {"Dipole moment [system]": "dipole", "Dipole moment [system] (total spin)": "dipole", "Etot": "energy",
           "Applied E-field [system]": "field", "Applied E-field [system] (alpha spin)": "field"}  # fmt: skip
TIME_TOLERANCE = 2e-5
"""NWChem prints times with five decimals."""
RESTART_HEADER_LINES = 7
GRID_RECORD = 3072
SHELLS = {"sto-3g": ("s", "ssp"), "6-31g": ("ss", "sspsp")}
"""Shells of H and He, and of Li to Ne, in the order of NWChem's library."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples as printed: ``times_au`` (points,), ``dipole`` (points, 3), ``energy`` (points,), ``field`` (points,
    3)."""

    version: str
    times_au: np.ndarray
    dipole: np.ndarray
    energy: np.ndarray
    field: np.ndarray


def read_rows(text: str, times_au: np.ndarray) -> Rows:
    """The rows of an output at the times that were ordered.

    Raises
    ------
    ResultFault
        If rows are missing (a truncated output) or NWChem stopped with an error.
    """
    found: dict[str, dict[int, list[float]]] = {"dipole": {}, "energy": {}, "field": {}}
    step = times_au[1] - times_au[0] if len(times_au) > 1 else 1.0
    for line in text.splitlines():
        row = ROW.match(line)
        if row is None or row["label"] not in AS_OURS:
            continue
        place = round((float(row["time"]) - times_au[0]) / step)
        if 0 <= place < len(times_au) and abs(float(row["time"]) - times_au[place]) < TIME_TOLERANCE:
            found[AS_OURS[row["label"]]][place] = [float(value) for value in row["values"].split()]
    for name, rows in found.items():
        missing = next((k for k in range(len(times_au)) if k not in rows), None)
        if missing is not None:
            raise ResultFault(
                f"NWChem output: no {name} at t = {times_au[missing]:g} au, {len(rows)} of {len(times_au)} rows are "
                f"there "
                f"({_complaint(text)}): run it again"
            )
    arrays = {name: np.array([rows[k] for k in range(len(times_au))]) for name, rows in found.items()}
    version = VERSION.search(text)
    return Rows(
        version[1] if version else "unknown", times_au, arrays["dipole"], arrays["energy"][:, 0], arrays["field"]
    )


def read_real_density(path: Path, system: MolecularSystem, n: int) -> np.ndarray:
    """(n, n) Re P of both spins in PySCF's order of orbitals; n Fortran records of n doubles."""
    content = path.read_bytes()
    if len(content) != n * (8 * n + 8):
        raise ResultFault(
            f"NWChem density {path.name}: {len(content)} bytes where {n * (8 * n + 8)} are due: it is truncated"
        )
    records = np.frombuffer(content, np.uint8).reshape(n, 8 * n + 8)[:, 4:-4]
    return reordered(np.ascontiguousarray(records).view(np.float64), system)


def read_restart(path: Path, system: MolecularSystem, n: int) -> tuple[float, np.ndarray]:
    """Time, and the complex P (s, n, n) of each spin (restricted: the total) in PySCF's order of orbitals."""
    lines = path.read_text(encoding="ascii").splitlines()
    head = dict(line.split(None, 1) for line in lines[:RESTART_HEADER_LINES] if len(line.split(None, 1)) == 2)
    numbers = np.array(" ".join(lines[RESTART_HEADER_LINES:]).split(), dtype=float)
    spins = 1 if system.restricted else 2
    if numbers.size != 2 * spins * n * n:
        raise ResultFault(
            f"NWChem restart {path.name}: {numbers.size} numbers where {2 * spins * n * n} are due: it is truncated"
        )
    density = (numbers[::2] + 1j * numbers[1::2]).reshape(spins, n, n)
    return float(head["t"]), reordered(density, system)


def read_points(path: Path) -> np.ndarray:
    """(points, 4) places in bohr and weights of NWChem's quadrature grid, in its order, from the file ``gridpts``.

    The file has records of GRID_RECORD rows of four doubles and one integer. The first row of a record names the atom,
    the number of rows in use, a radius and the number of groups; each group has a row that begins with its number of
    points, and then the points (src/nwdft/grid of NWChem's sources, subroutines grid_buf_pack and grid_file_write).

    Raises
    ------
    ResultFault
        If the file is empty, or its last record is not whole.
    """
    content = path.read_bytes()
    size = 8 * (4 * GRID_RECORD + 1)
    found = []
    for start in range(0, len(content), size):
        record = content[start : start + size - 8]
        rows = np.frombuffer(record[: len(record) - len(record) % 32]).reshape(-1, 4)
        used, groups = (round(float(rows[0, place])) for place in (1, 3)) if len(rows) else (1, 0)
        place = 1
        for _ in range(groups):
            count = round(float(rows[place, 0])) if place < len(rows) else 0
            found.append(rows[place + 1 : place + 1 + count])
            place += 1 + count
        if len(record) != size - 8 or place != used:
            raise ResultFault(f"NWChem grid {path.name}: {len(content)} bytes are no whole records: it is truncated")
    if not found:
        raise ResultFault(f"NWChem grid {path.name}: it has no points: it is truncated")
    return np.concatenate(found)


def reordered(matrix: np.ndarray, system: MolecularSystem) -> np.ndarray:
    """(…, n, n) from NWChem's order of orbitals (shells as the library lists them) to PySCF's (all s first, then all
    p)."""
    order = orbital_order(system)
    return matrix[..., order[:, None], order]


def orbital_order(system: MolecularSystem) -> np.ndarray:
    """(n,) the place in NWChem's order of each orbital of PySCF's."""
    order: list[int] = []
    start = 0
    for element in system.elements:
        places: dict[str, list[int]] = {"s": [], "p": []}
        for shell in SHELLS[system.basis][element not in ("H", "He")]:
            width = 1 if shell == "s" else 3
            places[shell] += range(start, start + width)
            start += width
        order += places["s"] + places["p"]
    return np.array(order)


def _complaint(text: str) -> str:
    """What NWChem prints about its end."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    error = next((line for line in lines if "error" in line.lower() or "silly" in line.lower()), None)
    return error or (f"its last line is {lines[-1]!r}" if lines else "it is empty")
