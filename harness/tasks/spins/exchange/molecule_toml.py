"""Our own molecule files out; they are read by :func:`harness.load_molecule`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.molecule_file import SCHEMA


def toml_of(molecule: Molecule) -> str:
    """The text of a molecule file: every coupling by its pair of labels, numbers that read back bit for bit.

    Spaces in labels become underscores, because a space separates the two names of a coupling.

    Raises
    ------
    InputError
        If two labels would become one.
    """
    labels = [_word(label) for label in molecule.labels]
    groups = [_word(group) for group in molecule.groups]
    if len(set(labels)) < len(labels):
        raise InputError(f"labels {list(molecule.labels)!r}: two of them are one without spaces; rename one")
    lines = [f"schema = {_text(SCHEMA)}", f"name = {_text(molecule.name or 'unnamed')}"]
    if molecule.smiles:
        lines.append(f"smiles = {_text(molecule.smiles)}")
    lines += [f"observed = {_text(molecule.observed)}", f"tagged_spin = {_text(labels[molecule.tagged_spin])}"]
    if molecule.conditions:
        lines += ["", "[conditions]", *_table(molecule.conditions)]
    for k, label in enumerate(labels):
        lines += ["", "[[spin]]", f"label = {_text(label)}", f"isotope = {_text(molecule.isotopes[k])}"]
        lines.append(f"shift_ppm = {float(molecule.shifts_ppm[k])!r}")
        if groups[k] != label:
            lines.append(f"group = {_text(groups[k])}")
        for key, rows in (("position_angstrom", molecule.positions_angstrom), ("csa_ppm", molecule.csa_ppm)):
            if rows is not None:
                lines.append(f"{key} = {rows[k].tolist()!r}")
    lines += ["", "[couplings_hz]"]
    for i, j in np.argwhere(np.triu(molecule.couplings_hz) != 0).tolist():
        lines.append(f"{_text(f'{labels[i]} {labels[j]}')} = {float(molecule.couplings_hz[i, j])!r}")
    if molecule.citation:
        lines += ["", "[source]", *_table(molecule.citation)]
    status = dict(_expanded_status(molecule, labels, groups))
    if status:
        lines += ["", "[source.status]", *_table(status)]
    return "\n".join(lines) + "\n"


def _expanded_status(molecule: Molecule, labels: list[str], groups: list[str]) -> list[tuple[str, str]]:
    """Status by label and pair of labels, as the couplings are written here; specific keys last, so that they win."""
    found: list[tuple[str, str]] = []
    for key, value in sorted(molecule.status.items(), key=lambda item: sum(p in labels for p in item[0].split())):
        parts = [[k for k in range(len(labels)) if part in (labels[k], groups[k])] for part in key.split()]
        if len(parts) == 1:
            found += [(labels[k], value) for k in parts[0]]
        elif len(parts) == 2:
            for i, j in {(min(i, j), max(i, j)) for i in parts[0] for j in parts[1] if i != j}:
                if molecule.couplings_hz[i, j]:
                    found.append((f"{labels[i]} {labels[j]}", value))
    return sorted(dict(found).items())


def _word(text: str) -> str:
    return "_".join(text.split()) or "_"


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML requires escaped, and lone surrogates.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(table: Mapping[str, Any]) -> list[str]:
    lines = []
    for key, value in table.items():
        if isinstance(value, bool | int | float):
            shown = json.dumps(value)
        elif isinstance(value, list | tuple):
            shown = "[" + ", ".join(_text(str(item)) for item in value) + "]"
        else:
            shown = _text(str(value))
        lines.append(f"{_text(str(key))} = {shown}")
    return lines
