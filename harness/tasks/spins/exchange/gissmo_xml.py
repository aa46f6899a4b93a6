"""GISSMO XML in: the spin matrix of a ``spin_simulation`` file, of either version.

Version 2 writes values into attributes (``<cs index="1" ppm="7.1"/>``). Version 1 writes them as the text of the
elements: names and shifts in the order of the spins (``<cs>7.1</cs>``), couplings as text that looks like attributes
(``<coupling>from_index="1" to_index="2" value="7.5"</coupling>``). What changes the spectrum and is not part of our
model is refused by name: additional couplings to nuclei that are not protons, and any element that is not known here.

Source: H. Dashti et al., Anal. Chem. 89, 12201 (2017), doi 10.1021/acs.analchem.7b02884, and its program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.xml_checks import index_of, number_of, only_children, read_xml
from harness.tasks.spins.systems import Molecule

VERSIONS = ("1", "2")
_DOI = "10.1021/acs.analchem.7b02884"

# Elements without data of the spin system: names, links, the experiment it was fitted to, widths, regions, spectra.
_KNOWN_TOP = (
    "version", "name", "ID", "SRC", "InChI", "comp_db_link", "mol_file_path", "experimental_spectrum", "field_strength",
    "field_strength_applied_flag", "num_simulation_points", "num_simulation_points_applied_flag", "Inchi_graph_image",
    "path_2D_image", "num_split_matrices", "roi_rmsd", "notes", "coupling_matrix",
)  # fmt: skip
_KNOWN_MATRIX = (
    "label", "index", "lw", "peak_shape_coefficients", "water_region", "DSS_region", "spin_names", "peak_list",
    "chemical_shifts_ppm", "couplings_Hz", "spectrum", "additional_coupling_constants",
)  # fmt: skip
_TEXT_ATTRIBUTE = re.compile(r'\s*(\w+)\s*=\s*"([^"]*)"\s*')


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
        For a file that is not of this kind, another version, a matrix that is not there, content that would be lost,
        or incomplete or contradictory numbers.
    """
    path = Path(path)
    root = read_xml(path, "spin_simulation")
    version = (root.findtext("version") or "").strip()
    if version not in VERSIONS:
        raise InputError(f"{path.name}: version {version!r} of GISSMO is not read (read are {' and '.join(VERSIONS)})")
    only_children(root, _KNOWN_TOP, path.name)
    matrices = root.findall("coupling_matrix")
    if not 1 <= matrix <= len(matrices):
        raise InputError(f"{path.name}: there is no coupling_matrix {matrix} (there are {len(matrices)})")
    where = f"{path.name}, coupling_matrix {matrix}"
    chosen = matrices[matrix - 1]
    only_children(chosen, _KNOWN_MATRIX, where)
    if chosen.find("additional_coupling_constants/*") is not None:
        raise InputError(
            f"{where}: <additional_coupling_constants> couples protons to other nuclei, which are not in the file: "
            "without them the spectrum would be another; add the nuclei in a molecule file of your own"
        )
    shifts = _shifts(chosen, where)
    labels = _labels(chosen, len(shifts), where)
    name = " ".join((root.findtext("name") or path.stem).split())
    return Molecule(
        name=name,
        source="file",
        labels=labels,
        isotopes=("1H",) * len(shifts),
        groups=labels,
        shifts_ppm=shifts,
        couplings_hz=_couplings(chosen, len(shifts), where),
        citation={"id": "GISSMO " + " ".join((root.findtext("ID") or "").split()), "doi": _DOI},
    )


def _shifts(matrix: ElementTree.Element, where: str) -> np.ndarray:
    """(N,) in ppm, by index; in the order of the file where they are the text of their elements."""
    shifts_at: dict[int, float] = {}
    for element in _listed(matrix, "chemical_shifts_ppm", "cs", "ppm", where):
        k = index_of(element, "index", where)
        if k in shifts_at:
            raise InputError(f"{where}: spin {k} has two shifts; keep one")
        shifts_at[k] = number_of(element, "ppm", where)
    n = len(shifts_at)
    if n == 0 or sorted(shifts_at) != list(range(1, n + 1)):
        raise InputError(f"{where}: the indices of the shifts must be 1, 2, 3 …, got {sorted(shifts_at)[:20]}")
    return np.array([shifts_at[k] for k in range(1, n + 1)])


def _labels(matrix: ElementTree.Element, n: int, where: str) -> tuple[str, ...]:
    """H and the names of the file; H and the number of the spin where those are not unique."""
    names: dict[int, str] = {}
    for element in _listed(matrix, "spin_names", "spin", "name", where):
        names[index_of(element, "index", where, n)] = "_".join(element.get("name", "").split())
    labels = tuple("H" + (names.get(k) or str(k)) for k in range(1, n + 1))
    return labels if len(set(labels)) == n else tuple(f"H{k}" for k in range(1, n + 1))


def _couplings(matrix: ElementTree.Element, n: int, where: str) -> np.ndarray:
    """(N, N) in Hz, symmetric; a pair may be there in both orders with one value."""
    couplings, given = np.zeros((n, n)), np.zeros((n, n), bool)
    for written in matrix.iterfind("couplings_Hz/*"):
        element = _with_attributes(written, where)
        i, j = (index_of(element, key, where, n) - 1 for key in ("from_index", "to_index"))
        value = number_of(element, "value", where)
        if i == j or (given[i, j] and couplings[i, j] != value):
            raise InputError(f"{where}: coupling {i + 1}, {j + 1} is of one spin, or has two values; keep one")
        couplings[i, j] = couplings[j, i] = value
        given[i, j] = given[j, i] = True
    return couplings


def _listed(matrix: ElementTree.Element, table: str, tag: str, key: str, where: str) -> Iterator[ElementTree.Element]:
    """The elements of a table with attributes: as they are, or made from their text and their place in the file."""
    for number, element in enumerate(matrix.iterfind(f"{table}/*"), 1):
        if element.tag != tag:
            raise InputError(f"{where}: <{element.tag}> in <{table}> is not known; only <{tag}> is read")
        text = (element.text or "").strip()
        if text and element.attrib:
            raise InputError(f"{where}: <{tag}> {number} has attributes and the text {text[:40]!r}; keep one")
        yield ElementTree.Element(tag, {"index": str(number), key: text}) if text else element


def _with_attributes(element: ElementTree.Element, where: str) -> ElementTree.Element:
    """A coupling as it is, or made from the text of version 1."""
    if element.tag != "coupling":
        raise InputError(f"{where}: <{element.tag}> in <couplings_Hz> is not known; only <coupling> is read")
    text = (element.text or "").strip()
    if not text:
        return element
    found = dict(_TEXT_ATTRIBUTE.findall(text))
    if element.attrib or _TEXT_ATTRIBUTE.sub("", text) or sorted(found) != ["from_index", "to_index", "value"]:
        raise InputError(f"{where}: <coupling> with the text {text[:80]!r}: must be from_index, to_index and value")
    return ElementTree.Element("coupling", found)
