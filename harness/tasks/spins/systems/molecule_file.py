"""Molecule files: TOML, one per molecule and source; docs/adding-a-molecule.md describes them.

Files are data: no name in them is ever evaluated, formatted into a command, or used as a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.errors import InputError, shown
from harness.tasks.spins.systems.isotopes import ISOTOPES
from harness.tasks.spins.systems.molecule import Molecule
from harness.toml_checks import number_at, only_keys, read_toml, table_at, text_at

__all__ = ["SCHEMA", "STATUSES", "expand_couplings", "parse_molecule", "read_toml"]

SCHEMA = "spin-molecule-1"
STATUSES = ("measured", "placeholder", "dft", "unverified")
_TOP_KEYS = ("schema", "name", "smiles", "observed", "tagged_spin", "conditions", "spin", "couplings_hz", "source")
_SPIN_KEYS = ("label", "isotope", "shift_ppm", "group", "position_angstrom", "csa_ppm")


def parse_molecule(data: Mapping[str, Any], where: str, source: str = "file") -> Molecule:
    """Check and expand the content of a molecule file; ``where`` is its name in messages.

    Raises
    ------
    InputError
        For whatever breaks a rule of the format: one line with the value, the place and the remedy.
    """
    if data.get("schema") != SCHEMA:
        raise InputError(f"schema {data.get('schema')!r} in {where}: this version reads {SCHEMA!r}")
    only_keys(data, where, "", _TOP_KEYS)
    name = text_at(data, "name", where)
    labels, isotopes, groups, shifts = _spins(data.get("spin"), where)
    positions, tensors = (_rows(data["spin"], key, shape, where) for key, shape in _GEOMETRY)
    table = table_at(data, "couplings_hz", where)
    couplings = expand_couplings(table, labels, groups, where)
    cited = table_at(data, "source", where)
    tagged = text_at(data, "tagged_spin", where, labels[0])
    if tagged not in labels:
        raise InputError(f"tagged_spin {tagged!r} in {where}: no spin has this label (known: {', '.join(labels)})")
    observed = text_at(data, "observed", where, isotopes[0])
    if observed not in isotopes:
        there = ", ".join(sorted(set(isotopes)))
        raise InputError(f"observed {observed!r} in {where}: no spin is of this isotope (there are {there})")
    return Molecule(
        name=name,
        source=source,
        labels=labels,
        isotopes=isotopes,
        groups=groups,
        shifts_ppm=shifts,
        couplings_hz=couplings,
        tagged_spin=labels.index(tagged),
        observed=observed,
        smiles=text_at(data, "smiles", where, ""),
        conditions=table_at(data, "conditions", where),
        citation={key: value for key, value in cited.items() if key != "status"},
        positions_angstrom=positions,
        csa_ppm=tensors,
        status=_status(table_at(cited, "status", f"[source] of {where}"), {*labels, *groups, *table}, where),
    )


def _spins(spins: Any, where: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], np.ndarray]:
    """Labels, isotopes, groups and shifts of the [[spin]] tables."""
    if not isinstance(spins, list) or not spins or not all(isinstance(s, dict) for s in spins):
        raise InputError(f"{where}: no [[spin]] tables; write one per spin")
    for k, spin in enumerate(spins):
        only_keys(spin, where, f"[[spin]] {k + 1}: ", _SPIN_KEYS)
    labels = tuple(text_at(spin, "label", f"[[spin]] {k + 1} of {where}") for k, spin in enumerate(spins))
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"label {label!r} in {where} is there twice; every spin needs a label of its own")
    isotopes = tuple(text_at(spin, "isotope", where, "1H") for spin in spins)
    for label, isotope in zip(labels, isotopes, strict=True):
        if isotope not in ISOTOPES:
            known = ", ".join(ISOTOPES)
            raise InputError(f"isotope {isotope!r} of spin {label!r} in {where}: not a known spin 1/2 (known: {known})")
    groups = tuple(text_at(spin, "group", where, label) for spin, label in zip(spins, labels, strict=True))
    for word in (*labels, *groups):
        if word.split() != [word]:
            raise InputError(f"name {word!r} in {where}: no spaces, because they separate the two names of a coupling")
    for group, label in zip(groups, labels, strict=True):
        if group != label and group in labels:
            raise InputError(f"name {group!r} in {where} is both a label and a group; rename one")
    named = zip(spins, labels, strict=True)
    shifts = np.array([number_at(spin, "shift_ppm", f"spin {label!r} in {where}") for spin, label in named])
    return labels, isotopes, groups, shifts


_GEOMETRY: tuple[tuple[str, tuple[int, ...]], ...] = (("position_angstrom", (3,)), ("csa_ppm", (3, 3)))


def _rows(spins: list[dict[str, Any]], key: str, shape: tuple[int, ...], where: str) -> np.ndarray | None:
    """(N, *shape) numbers that every spin has or none, None if none has."""
    there = [key in spin for spin in spins]
    if not any(there):
        return None
    if not all(there):
        raise InputError(
            f"{key!r} of [[spin]] {there.index(False) + 1} of {where} is missing: every spin has it or none"
        )
    rows = np.empty((len(spins), *shape))
    for k, spin in enumerate(spins):
        place = f"{key} of [[spin]] {k + 1} of {where}"
        try:
            row = np.array(spin[key], dtype=np.float64)
        except (TypeError, ValueError):
            row = np.array(())
        if row.shape != shape or not np.isfinite(row).all():
            raise InputError(f"{place} = {shown(spin[key])}: must be {' x '.join(map(str, shape))} finite numbers")
        rows[k] = row
    return rows


def expand_couplings(
    table: Mapping[str, Any], labels: tuple[str, ...], groups: tuple[str, ...], where: str
) -> np.ndarray:
    """(N, N) matrix in Hz from pairs of groups or labels; a pair of labels overrides a pair of groups.

    Raises
    ------
    InputError
        For an unknown name, a value that is not a finite number, a pair given twice, or a spin coupled to itself.
    """
    members: dict[str, list[int]] = {}
    for k, (label, group) in enumerate(zip(labels, groups, strict=True)):
        members.setdefault(group, []).append(k)
        if label != group:
            members[label] = [k]
    matrix = np.zeros((len(labels), len(labels)))
    given: dict[tuple[int, int], tuple[int, str]] = {}
    # Specific pairs last, so that they override; the rank is the number of names that are single spins.
    for key in sorted(table, key=lambda key: sum(part in labels for part in key.split())):
        parts = key.split()
        if len(parts) != 2:
            raise InputError(f"coupling {key!r} in {where}: write two names with a space between them")
        for part in parts:
            if part not in members:
                known = ", ".join(members)
                raise InputError(f"coupling {key!r} in {where}: no spin or group {part!r} (known: {known})")
        value = number_at(table, key, f"[couplings_hz] in {where}")
        rank = sum(part in labels for part in parts)
        expanded = {(min(i, j), max(i, j)) for i in members[parts[0]] for j in members[parts[1]] if i != j}
        if not expanded:
            raise InputError(f"coupling {key!r} in {where}: a spin is not coupled to itself; leave it out")
        for i, j in expanded:
            before = given.get((i, j))
            if before and before[0] == rank:
                raise InputError(f"coupling {key!r} in {where}: {before[1]!r} gives the same pair; keep one")
            given[i, j] = (rank, key)
            matrix[i, j] = matrix[j, i] = value
    return matrix


def _status(table: Mapping[str, Any], known: set[str], where: str) -> dict[str, str]:
    for key, value in table.items():
        if value not in STATUSES:
            raise InputError(f"status {value!r} of {key!r} in {where}: must be one of {', '.join(STATUSES)}")
        if key not in known:
            raise InputError(f"status of {key!r} in {where}: no such spin, group or coupling; write it as it is there")
    return dict(table)
