"""The force fields of the inner steps by their names."""

from __future__ import annotations

from harness.errors import InputError, nearest
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.forces.gfnff import GfnFF
from harness.tasks.kstep.forces.mmff import Mmff
from harness.tasks.kstep.molecule import Molecule

INNER = ("mmff", "gfn-ff")


def inner_force(name: str, molecule: Molecule) -> Force:
    """The force field of the inner steps: "mmff" or "gfn-ff"."""
    if name not in INNER:
        raise InputError(f"inner force {name!r} is unknown{nearest(name, INNER)} (known: {', '.join(INNER)})")
    return Mmff(molecule) if name == "mmff" else GfnFF(molecule)
