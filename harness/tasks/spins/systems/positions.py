"""Positions of nuclei that come with the package, for molecules whose own file has none."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import InputError
from harness.resources import shared_folder
from harness.toml_checks import read_toml, table_at, text_at

if TYPE_CHECKING:
    from harness.tasks.spins.systems.molecule import Molecule

SCHEMA = "spin-positions-1"


def with_positions(molecule: Molecule, name: str) -> Molecule:
    """``molecule`` with the positions of ``molecules/positions/NAME.toml``, as it is where there is no such file.

    The citation then contains, as "positions", the method by which they were made and the conformer.

    Raises
    ------
    InputError
        For a file of another schema, or without a spin that the molecule has.
    """
    path = shared_folder("molecules") / "positions" / f"{name}.toml"
    if molecule.positions_angstrom is not None or not path.is_file():
        return molecule
    data = read_toml(path)
    if data.get("schema") != SCHEMA:
        raise InputError(f"schema {data.get('schema')!r} in {path.name}: this version reads {SCHEMA!r}")
    places = table_at(data, "position_angstrom", path.name)
    for label in molecule.labels:
        if label not in places:
            raise InputError(f"positions/{path.name}: no position of spin {label!r} (known: {', '.join(places)})")
    origin = f"{text_at(data, 'method', path.name)}; {text_at(data, 'conformer', path.name)}"
    return replace(
        molecule,
        positions_angstrom=np.array([places[label] for label in molecule.labels], dtype=np.float64),
        citation=MappingProxyType({**molecule.citation, "positions": origin}),
    )
