"""Make ``molecules.json``: SMILES to geometry by RDKit, then to the minimum of GFN2-xTB by tblite.

Run: ``python -m harness.tasks.kstep.library.make``.
"""

from __future__ import annotations

from harness.durable import write_json
from harness.tasks.kstep.forces import Gfn2
from harness.tasks.kstep.library import FILE, SPLIT
from harness.tasks.kstep.minimum import minimum
from harness.tasks.kstep.smiles import molecule_of_smiles


def main() -> None:
    """Write every molecule of the split."""
    found = []
    for names in SPLIT.values():
        for name, smiles in names.items():
            start = molecule_of_smiles(smiles, name)
            found.append(start.at(minimum(Gfn2(start), start.positions_nm)).as_dict())
    write_json(FILE, found)


if __name__ == "__main__":
    main()
