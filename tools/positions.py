"""Write ``molecules/positions/*.toml``: the protons of amino acids that the suites use, placed by RDKit.

    pip install -e '.[positions]'
    python tools/positions.py

Of 20 conformers (ETKDGv3 with a fixed seed) of the molecule that its SMILES names, each relaxed with MMFF94, the one of
lowest energy. It is one conformer in vacuum, not an average over those in solution, and its methyl groups stand still:
good for a relaxation matrix of realistic size, not for the relaxation of that molecule in water.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "molecules" / "positions"
NAMES = ("glycine", "alanine", "valine")
SEED, CONFORMERS = 7, 20
DEPTHS = {"A": 0, "B": 1, "G": 2, "D": 3}
"""Bonds between CA and the carbon that a proton sits on, by the second letter of its label."""


def conformer(smiles: str) -> tuple[Any, Any]:
    """(molecule with its protons, the conformer of lowest energy)."""
    from rdkit import Chem
    from rdkit.Chem.rdDistGeom import EmbedMultipleConfs, ETKDGv3
    from rdkit.Chem.rdForceFieldHelpers import MMFFOptimizeMoleculeConfs

    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    settings = ETKDGv3()
    settings.randomSeed = SEED
    numbers = list(EmbedMultipleConfs(molecule, CONFORMERS, settings))
    energies = [energy for _, energy in MMFFOptimizeMoleculeConfs(molecule, maxIters=5000)]
    return molecule, molecule.GetConformer(numbers[energies.index(min(energies))])


def protons(molecule: Any, labels: tuple[str, ...]) -> dict[str, int]:
    """Label → number of the atom. Carbons of one depth are taken in the order of the SMILES, their protons too."""
    from rdkit import Chem

    alpha = molecule.GetSubstructMatch(Chem.MolFromSmarts("[NX3][CX4]C(=O)[OX2]"))[1]
    carboxyl = molecule.GetSubstructMatch(Chem.MolFromSmarts("C(=O)[OX2]"))[0]
    depth = {alpha: 0}
    waiting = [alpha]
    while waiting:
        here = waiting.pop(0)
        for atom in molecule.GetAtomWithIdx(here).GetNeighbors():
            if atom.GetSymbol() == "C" and atom.GetIdx() not in (*depth, carboxyl):
                depth[atom.GetIdx()] = depth[here] + 1
                waiting.append(atom.GetIdx())
    found: dict[str, int] = {}
    for letter, wanted in DEPTHS.items():
        mine = [label for label in labels if label[1] == letter]
        atoms = [
            atom.GetIdx()
            for carbon in sorted(k for k, value in depth.items() if value == wanted)
            for atom in molecule.GetAtomWithIdx(carbon).GetNeighbors()
            if atom.GetSymbol() == "H"
        ]
        found |= dict(zip(mine, atoms, strict=True))
    return found


def text(name: str) -> str:
    """The file of one molecule."""
    from rdkit import __version__

    from harness.tasks.spins.systems import load_molecule

    molecule = load_molecule(name, source="gissmo")
    atoms, chosen = conformer(molecule.smiles)
    lines = [
        "# Written by tools/positions.py.",
        'schema = "spin-positions-1"',
        f'smiles = "{molecule.smiles}"',
        f'method = "RDKit {__version__}: ETKDGv3 (seed {SEED}, {CONFORMERS} conformers), MMFF94 minimum"',
        'conformer = "the one of lowest energy, in vacuum, uncharged; methyl groups stand still"',
        "",
        "[position_angstrom]",
    ]
    for label, atom in protons(atoms, molecule.labels).items():
        place = chosen.GetAtomPosition(atom)
        lines.append(f'"{label}" = [{place.x:.4f}, {place.y:.4f}, {place.z:.4f}]')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in sys.argv[1:] or NAMES:
        (FOLDER / f"{each}.toml").write_text(text(each), encoding="utf-8")
