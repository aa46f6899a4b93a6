"""Labels: geometries with energies and forces of the quantum method minus those of the force field.

Every label is one quantum call. With a :class:`LabelStore` they are written to disk in blocks, whole, while they are
made, so that a training that was killed does not compute a finished block again. A block is used only at the very
geometries, and of the very forces, that it was made for: what a store holds of another training changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from harness.durable import writing
from harness.tasks.kstep.forces.base import Force, Minus

BLOCK = 25
"""Labels of one file."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Geometries (L, N, 3) in nm, with residual energies (L,) and forces (L, N, 3): quantum minus force field."""

    positions_nm: np.ndarray
    energies: np.ndarray
    forces: np.ndarray

    def __len__(self) -> int:
        return len(self.positions_nm)

    def __getitem__(self, chosen: slice | np.ndarray) -> Labels:
        return Labels(self.positions_nm[chosen], self.energies[chosen], self.forces[chosen])


@dataclass(frozen=True)
class LabelStore:
    """Blocks of labels in ``folder``, of the sets ``name``."""

    folder: Path
    name: str

    def block(self, number: int) -> Path:
        """The file of a block."""
        return self.folder / f"{self.name}-{number:04d}.npz"

    def read(self, number: int, positions_nm: np.ndarray, method: str) -> Labels | None:
        """The block, or None if there is none, or one that cannot be read or is of other geometries or methods."""
        try:
            with np.load(self.block(number)) as stored:
                if str(stored["method"]) != method or not np.array_equal(stored["positions_nm"], positions_nm):
                    return None
                return Labels(positions_nm, stored["energies"], stored["forces"])
        except (OSError, ValueError, KeyError, BadZipFile):
            return None

    def write(self, number: int, labels: Labels, method: str) -> None:
        """Write a block atomically."""
        with writing(self.block(number)) as temporary, open(temporary, "wb") as file:
            np.savez(
                file, method=np.array(method), positions_nm=labels.positions_nm, energies=labels.energies,
                forces=labels.forces,
            )  # fmt: skip


def labelled(positions_nm: np.ndarray, quantum: Force, inner: Force, store: LabelStore | None = None) -> Labels:
    """Energies and forces of quantum minus inner at geometries (L, N, 3), from the store where it has them."""
    difference = Minus(quantum, inner)
    blocks = []
    for number, begin in enumerate(range(0, len(positions_nm), BLOCK)):
        some = positions_nm[begin : begin + BLOCK]
        made = store.read(number, some, difference.name) if store is not None else None
        if made is None:
            answers = [difference(x) for x in some]
            made = Labels(some, np.array([e for e, _ in answers]), np.array([f for _, f in answers]))
            if store is not None:
                store.write(number, made, difference.name)
        blocks.append(made)
    return joined(*blocks)


def joined(*sets: Labels) -> Labels:
    """All labels, one set after the other."""
    names = ("positions_nm", "energies", "forces")
    return Labels(*(np.concatenate([getattr(one, name) for one in sets]) for name in names))
