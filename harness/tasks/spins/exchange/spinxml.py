"""SpinXML in and out: shifts in ppm, scalar couplings in Hz, and what relaxation needs, coordinates and shift tensors.

In: interactions of kind ``shift`` and ``jcoupling``, as a scalar, a tensor or principal values: the isotropic part is
what a liquid shows. ``dipolar`` interactions average out in a liquid and are left out: relaxation takes them from the
``coordinates``, if every spin has them (in Å). Shift tensors are read where one is written as a ``tensor``; of
principal values only the isotropic part is read. Every other kind, and every element or attribute that the schema does
not have, is refused by name: leaving it out may change the spectrum. Out: scalars, tensors where the molecule has them.

SpinXML has no place for the name of a molecule, its groups, the tagged spin, conditions, sources and status, nor for
rates, correlation times and models of relaxation: they are lost. Labels, isotopes, couplings, positions and isotropic
shifts come back bit for bit; a shift that is the trace of a tensor to rounding.

Source: A. G. S. Biternas, G. T. P. Charnock, I. Kuprov, J. Magn. Reson. 240, 124 (2014).
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.spinxml_geometry import (
    complete_tensors,
    positions_of,
    principal_values,
    shift_line,
    spin_lines,
    tensor_of,
)
from harness.tasks.spins.exchange.xml_checks import index_of, number_of, only_attributes, only_children, read_xml
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import ISOTOPES

_IGNORED = ("dipolar",)
_VALUES = ("scalar", "tensor", "eigenvalues", "axiality_rhombicity", "span_skew", "aniso_asymm")
_SPIN_ATTRIBUTES = ("id", "isotope", "label")
_INTERACTION_ATTRIBUTES = ("kind", "id", "units", "spin_a", "spin_b", "reference", "label")


def read_spinxml(path: str | Path, keep: Collection[str] = ()) -> Molecule:
    """The molecule of a SpinXML file.

    Parameters
    ----------
    path
        The file; its stem becomes the name of the molecule.
    keep
        Isotopes to keep; by default all, and then one that is not a known spin 1/2 is refused.

    Raises
    ------
    InputError
        For a file that breaks the schema, an isotope that cannot be simulated, or an interaction that would be lost.
    """
    path = Path(path)
    where = path.name
    root = read_xml(path, "spin_system")
    only_children(root, ("spin", "interaction"), where)
    spins = sorted(root.findall("spin"), key=lambda spin: index_of(spin, "id", where))
    for spin in spins:
        only_attributes(spin, _SPIN_ATTRIBUTES, where)
        only_children(spin, ("coordinates",), where)
    ids = [index_of(spin, "id", where) for spin in spins]
    if ids != list(range(1, len(ids) + 1)) or not ids:
        raise InputError(f"{where}: the ids of <spin> must be 1, 2, 3 … each once, got {ids[:20]}")
    isotopes = [spin.get("isotope", "") for spin in spins]
    retained = [k for k, isotope in enumerate(isotopes) if not keep or isotope in keep]
    if not retained:
        raise InputError(f"{where}: no spin of {', '.join(keep)} (there are {', '.join(sorted(set(isotopes)))})")
    for k in retained:
        if isotopes[k] not in ISOTOPES:
            raise InputError(
                f"{where}: isotope {isotopes[k]!r} of spin {k + 1} is not a known spin 1/2; "
                "choose the isotopes to keep (--keep 1H)"
            )
    shifts, tensors = np.full(len(spins), np.nan), np.full((len(spins), 3, 3), np.nan)
    couplings = np.full((len(spins), len(spins)), np.nan)
    for item in root.findall("interaction"):
        _take(item, where, shifts, tensors, couplings, set(retained))
    for k in retained:
        if np.isnan(shifts[k]):
            raise InputError(f"{where}: spin {k + 1} has no interaction of kind 'shift'; every spin needs one")
    if simplified := principal_values(root, retained):
        warnings.warn(
            f"{where}: the shift tensors of spins {simplified} are given by principal values, of which only the "
            "isotropic part is read; write them as <tensor> to keep them",
            UserWarning, stacklevel=2,
        )  # fmt: skip
    labels = _labels([spins[k].get("label", "") for k in retained], [isotopes[k] for k in retained])
    isotopes = [isotopes[k] for k in retained]
    return Molecule(
        name=path.stem,
        source="file",
        labels=labels,
        isotopes=tuple(isotopes),
        groups=labels,
        shifts_ppm=shifts[retained],
        couplings_hz=np.nan_to_num(couplings[np.ix_(retained, retained)]),
        observed=isotopes[0],
        positions_angstrom=positions_of([spins[k] for k in retained], where),
        csa_ppm=complete_tensors(tensors[retained], shifts[retained]),
    )


def spinxml_of(molecule: Molecule) -> str:
    """The text of a SpinXML file; names are written as data, escaped.

    Raises
    ------
    InputError
        For a label with characters that XML 1.0 cannot hold.
    """
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<spin_system>"]
    for k, (label, isotope) in enumerate(zip(molecule.labels, molecule.isotopes, strict=True)):
        attributes = f'id="{k + 1}" isotope={quoteattr(isotope)} label={_attribute(label)}'
        lines += spin_lines(attributes, molecule.positions_angstrom, k)
    number = 0
    for k, shift in enumerate(molecule.shifts_ppm.tolist()):
        number += 1
        lines.append(f'  <interaction kind="shift" id="{number}" units="ppm" spin_a="{k + 1}">')
        lines += [shift_line(shift, molecule.csa_ppm, k), "  </interaction>"]
    for i, j in np.argwhere(np.triu(molecule.couplings_hz) != 0).tolist():
        number += 1
        value = float(molecule.couplings_hz[i, j])
        lines.append(f'  <interaction kind="jcoupling" id="{number}" units="Hz" spin_a="{i + 1}" spin_b="{j + 1}">')
        lines += [f'    <scalar iso="{value!r}" />', "  </interaction>"]
    return "\n".join([*lines, "</spin_system>"]) + "\n"


def _take(
    item: ElementTree.Element,
    where: str,
    shifts: np.ndarray,
    tensors: np.ndarray,
    couplings: np.ndarray,
    retained: Collection[int],
) -> None:
    """Put one interaction into its array; an interaction with a spin that is left out is left out too."""
    kind, units = item.get("kind", ""), item.get("units", "")
    here = f"{where}: interaction {item.get('id', '?')!r}"
    only_attributes(item, _INTERACTION_ATTRIBUTES, here)
    only_children(item, (*_VALUES, "orientation"), here)
    a = index_of(item, "spin_a", here, len(shifts)) - 1
    if kind in _IGNORED or a not in retained:
        return
    if kind == "shift":
        if units != "ppm":
            raise InputError(f"{here}: a shift in {units!r}; its unit must be ppm")
        if not np.isnan(shifts[a]):
            raise InputError(f"{here}: spin {a + 1} has a shift already; keep one")
        shifts[a] = _isotropic(item, here)
        if (written := item.find("tensor")) is not None:
            tensors[a] = tensor_of(written, here)
        if item.get("spin_b") is not None:
            raise InputError(
                f"{here}: a shift is of one spin, but it names spin_b = {item.get('spin_b')!r}; remove one"
            )
    elif kind == "jcoupling":
        b = index_of(item, "spin_b", here, len(shifts)) - 1
        if b not in retained:
            return
        if units != "Hz":
            raise InputError(f"{here}: a coupling in {units!r}; its unit must be Hz")
        if a == b or not np.isnan(couplings[a, b]):
            raise InputError(f"{here}: the pair {a + 1}, {b + 1} is one spin, or is there already; keep one")
        couplings[a, b] = couplings[b, a] = _isotropic(item, here)
    else:
        raise InputError(f"{here}: kind {kind!r} is not part of this model; only shift and jcoupling are read")


def _isotropic(item: ElementTree.Element, here: str) -> float:
    """A third of the trace, whichever way the interaction is written."""
    values = [child for child in item if child.tag in _VALUES]
    if len(values) != 1:
        found = (
            f"{len(values)} values ({', '.join(child.tag for child in values)}); keep one"
            if values
            else "no value in it"
        )
        raise InputError(f"{here}: {found}; a <scalar iso=…/> would do")
    if values[0].tag in ("tensor", "eigenvalues"):
        return sum(number_of(values[0], key, here) for key in ("xx", "yy", "zz")) / 3
    return number_of(values[0], "iso", here)


def _labels(given: list[str], isotopes: list[str]) -> tuple[str, ...]:
    """Labels made unique: those of the file where they serve, else element and number (H1, C2 …)."""
    if all(given) and len(set(given)) == len(given):
        return tuple(given)
    return tuple(f"{isotope.lstrip('0123456789')}{k + 1}" for k, isotope in enumerate(isotopes))


def _attribute(text: str) -> str:
    if any(ord(c) < 32 and c not in "\t\n\r" for c in text) or any(c in "\ufffe\uffff" for c in text):
        raise InputError(f"label {text!r}: holds a character that XML cannot; rename the spin")
    return quoteattr(text)
