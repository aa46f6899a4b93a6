"""GISSMO XML in: the spin matrix of a ``spin_simulation`` file.

Source: H. Dashti et al., Anal. Chem. 89, 12201 (2017), doi 10.1021/acs.analchem.7b02884.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.exchange.xml_checks import index_of, number_of, read_xml
from harness.spins import Molecule


def read_gissmo_xml(path: str | Path, matrix: int = 1) -> Molecule:
    """The molecule of one coupling matrix; all spins are protons, labelled H and their atom number.

    Parameters
    ----------
    path
        A GISSMO file.
    matrix
        Which ``coupling_matrix``, from 1: the first is the whole molecule, the others are the parts it was fitted in.

    Raises
    ------
    InputError
        For a file that is not of this kind, a matrix that is not there, or incomplete or contradictory numbers.
    """
    path = Path(path)
    root = read_xml(path, "spin_simulation")
    matrices = root.findall("coupling_matrix")
    if not 1 <= matrix <= len(matrices):
        raise InputError(f"{path.name}: there is no coupling_matrix {matrix} (there are {len(matrices)})")
    chosen = matrices[matrix - 1]
    where = f"{path.name}, coupling_matrix {matrix}"
    shifts_at: dict[int, float] = {}
    for element in chosen.iterfind("chemical_shifts_ppm/cs"):
        k = index_of(element, "index", where)
        if k in shifts_at:
            raise InputError(f"{where}: spin {k} has two shifts; keep one")
        shifts_at[k] = number_of(element, "ppm", where)
    n = len(shifts_at)
    if n == 0 or sorted(shifts_at) != list(range(1, n + 1)):
        raise InputError(f"{where}: the indices of the shifts must be 1, 2, 3 …, got {sorted(shifts_at)[:20]}")
    names = {index_of(e, "index", where, n): e.get("name", "") for e in chosen.iterfind("spin_names/spin")}
    labels = tuple("H" + (names.get(k) or str(k)) for k in range(1, n + 1))
    if len(set(labels)) < n:
        labels = tuple(f"H{k}" for k in range(1, n + 1))
    couplings = np.zeros((n, n))
    for element in chosen.iterfind("couplings_Hz/coupling"):
        i, j = (index_of(element, key, where, n) - 1 for key in ("from_index", "to_index"))
        value = number_of(element, "value", where)
        if i == j or (couplings[i, j] and couplings[i, j] != value):
            raise InputError(f"{where}: coupling {i + 1}, {j + 1} is of one spin, or has two values; keep one")
        couplings[i, j] = couplings[j, i] = value
    name = " ".join((root.findtext("name") or path.stem).split())
    citation = {"id": "GISSMO " + " ".join((root.findtext("ID") or "").split()), "doi": "10.1021/acs.analchem.7b02884"}
    return Molecule(
        name=name,
        source="file",
        labels=labels,
        isotopes=("1H",) * n,
        groups=labels,
        shifts_ppm=np.array([shifts_at[k] for k in range(1, n + 1)]),
        couplings_hz=couplings,
        citation=citation,
    )
