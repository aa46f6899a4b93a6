"""Coordinates and shift tensors in SpinXML: what Redfield's matrix needs besides a correlation time."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.xml_checks import number_of, only_attributes

_AXES = ("x", "y", "z")
_PRINCIPAL = ("eigenvalues", "axiality_rhombicity", "span_skew", "aniso_asymm")


def positions_of(spins: Sequence[ElementTree.Element], where: str) -> np.ndarray | None:
    """(N, 3) in Å of the ``coordinates`` of these spins, None where one has none."""
    places = []
    for spin in spins:
        here = f"{where}: spin {spin.get('id')}"
        given = spin.findall("coordinates")
        if len(given) > 1:
            raise InputError(f"{here}: {len(given)} <coordinates>; keep one")
        for one in given:
            only_attributes(one, _AXES, here)
            places.append([number_of(one, axis, here) for axis in _AXES])
    return np.array(places) if len(places) == len(spins) else None


def tensor_of(written: ElementTree.Element, here: str) -> np.ndarray:
    """(3, 3) of a ``tensor``; an element that is not written is refused."""
    return np.array([[number_of(written, f"{a}{b}", here) for b in _AXES] for a in _AXES])


def complete_tensors(tensors: np.ndarray, shifts: np.ndarray) -> np.ndarray | None:
    """(N, 3, 3): the isotropic shift where no tensor was read (NaN); None where none was read at all."""
    missing = np.asarray(np.isnan(tensors).any(axis=(1, 2)))
    if missing.all():
        return None
    return np.where(missing[:, None, None], shifts[:, None, None] * np.eye(3), tensors)


def principal_values(root: ElementTree.Element, retained: Sequence[int]) -> str:
    """The spins whose shift is written as principal values, "" where there is none."""
    shifts = [item for item in root.findall("interaction") if item.get("kind") == "shift"]
    spins = [item.get("spin_a", "") for item in shifts if any(item.find(form) is not None for form in _PRINCIPAL)]
    return ", ".join(spin for spin in spins if int(spin) - 1 in retained)


def spin_lines(attributes: str, positions: np.ndarray | None, k: int) -> list[str]:
    """The element of spin ``k``, with its coordinates where there are any."""
    if positions is None:
        return [f"  <spin {attributes} />"]
    place = " ".join(f'{axis}="{value!r}"' for axis, value in zip(_AXES, positions[k].tolist(), strict=True))
    return [f"  <spin {attributes}>", f"    <coordinates {place} />", "  </spin>"]


def shift_line(shift: float, tensors: np.ndarray | None, k: int) -> str:
    """The value of a shift: a scalar, or the tensor of spin ``k`` with this isotropic part."""
    if tensors is None:
        return f'    <scalar iso="{shift!r}" />'
    tensor = tensors[k] + np.eye(3) * (shift - np.trace(tensors[k]) / 3)
    elements = " ".join(f'{a}{b}="{float(tensor[i, j])!r}"' for i, a in enumerate(_AXES) for j, b in enumerate(_AXES))
    return f"    <tensor {elements} />"
