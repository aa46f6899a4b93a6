"""The 24 molecules of the task, split by functional group, with geometries at the minimum of GFN2-xTB.

``molecules.json`` is made by ``python -m harness.tasks.kstep.library.make`` and is package data: a geometry made anew
from SMILES would differ from machine to machine in its last digits, and with it every fingerprint.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from harness.errors import InputError, nearest
from harness.tasks.kstep.molecule import Molecule

FILE = Path(__file__).with_name("molecules.json")

TRAINING = {
    "methanol": "CO", "ethanol": "CCO", "isopropanol": "CC(C)O", "ethylene-glycol": "OCCO", "dimethyl-ether": "COC",
    "acetaldehyde": "CC=O", "acetone": "CC(C)=O", "acetic-acid": "CC(=O)O", "methylamine": "CN",
    "dimethylamine": "CNC", "acetonitrile": "CC#N", "propene": "C=CC", "butane": "CCCC", "benzene": "c1ccccc1",
}  # fmt: skip
VALIDATION = {"formamide": "NC=O", "methyl-formate": "COC=O", "toluene": "Cc1ccccc1", "furan": "c1ccoc1"}
TEST = {
    "acetamide": "CC(N)=O", "n-methylacetamide": "CC(=O)NC", "phenol": "Oc1ccccc1", "imidazole": "c1cnc[nH]1"
}  # fmt: skip
LARGE = {"alanine-dipeptide": "CC(=O)NC(C)C(=O)NC", "aspirin": "CC(=O)Oc1ccccc1C(=O)O"}
SPLIT = {"training": TRAINING, "validation": VALIDATION, "test": TEST, "large": LARGE}
"""Parts of the split, each name -> SMILES; no molecule is in two of them."""


def molecule_names(part: str | None = None) -> list[str]:
    """Names of one part of the split, or of all."""
    if part is None:
        return [name for names in SPLIT.values() for name in names]
    if part not in SPLIT:
        raise InputError(f"part {part!r} of the molecules is unknown{nearest(part, SPLIT)} (known: {', '.join(SPLIT)})")
    return list(SPLIT[part])


def part_of(smiles: str) -> str | None:
    """The part of the split that a molecule of these canonical SMILES belongs to; None if it is in none."""
    return next((part for part in SPLIT for name in SPLIT[part] if load(name).smiles == smiles), None)


def load(name: str) -> Molecule:
    """A molecule of the library.

    Raises
    ------
    InputError
        For a name that is not in it.
    """
    molecules = _molecules()
    if name not in molecules:
        raise InputError(f"molecule {name!r} is unknown{nearest(name, molecules)} (known: {', '.join(molecules)})")
    return molecules[name]


def find(what: str, charge: int | None = None) -> Molecule:
    """A molecule of the library by its name or its SMILES, else one made from SMILES."""
    if nearest(what, _molecules()):
        return load(what)
    from harness.tasks.kstep.smiles import molecule_of_smiles

    made = molecule_of_smiles(what, charge=charge)
    return next((one for one in _molecules().values() if one.smiles == made.smiles), made)


@cache
def _molecules() -> dict[str, Molecule]:
    return {values["name"]: Molecule.from_dict(values) for values in json.loads(FILE.read_text(encoding="utf-8"))}
