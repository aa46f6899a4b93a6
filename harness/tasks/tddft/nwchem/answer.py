"""One trajectory computed by NWChem, and its file: HDF5 with a checksum over all its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from harness.durable import writing
from harness.errors import InputError
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem.output import Rows
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.systems import MolecularSystem

SCHEMA = "tddft-nwchem-1"
ARRAYS = ("dipole", "energy", "field", "real_densities", "complex_densities")


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer of NWChem to a request.

    ``dipole`` (points, 3), ``energy`` (points,) without that of the field, ``field`` (points, 3); ``real_densities``
    (samples, n, n) Re P of both spins, ``complex_densities`` (snapshots, s, n, n) P, in PySCF's order of orbitals.
    """

    request: Request
    version: str
    deck: str
    dipole: np.ndarray
    energy: np.ndarray
    field: np.ndarray
    real_densities: np.ndarray
    complex_densities: np.ndarray
    seconds: float = 0.0

    @property
    def induced(self) -> np.ndarray:
        """(points, 3) δμ(t)."""
        return self.dipole - self.dipole[0]

    @classmethod
    def joined(
        cls, request: Request, deck: str, parts: Sequence[Rows], real: np.ndarray, snapshots: np.ndarray, seconds: float
    ) -> Answer:
        """The answer of a chain of runs, the first sample of each being the last of the one before."""

        def together(name: str) -> np.ndarray:
            return np.concatenate([getattr(part, name)[k > 0 :] for k, part in enumerate(parts)])

        return cls(
            request,
            parts[0].version,
            deck,
            together("dipole"),
            together("energy"),
            together("field"),
            real,
            snapshots,
            seconds,
        )

    def write(self, path: Path) -> None:
        """Write it whole, with its checksum."""
        head = {
            "schema": SCHEMA,
            "key": self.request.key,
            "system": self.request.system.as_dict(),
            "points": self.request.grid.points,
            "dt_au": self.request.grid.dt_au,
            "real_every": self.request.real_every,
            "complex_at": list(self.request.complex_at),
            "version": self.version,
            "deck": self.deck,
            "seconds": round(self.seconds, 2),
        }
        text = json.dumps(head, sort_keys=True)
        arrays = {name: getattr(self, name) for name in ARRAYS}
        with writing(path) as temporary, h5py.File(temporary, "w") as file:
            file.attrs["head"] = text
            file.attrs["sha256"] = _checksum(text, arrays)
            for name, array in arrays.items():
                file.create_dataset(name, data=array, compression="gzip", shuffle=True, track_times=False)


def read_answer(path: Path) -> Answer:
    """The answer of a file.

    Raises
    ------
    InputError
        If the file cannot be read, is of another schema, or any of it has changed.
    """
    try:
        with h5py.File(path, "r") as file:
            text, stated = str(file.attrs["head"]), str(file.attrs["sha256"])
            arrays = {name: np.asarray(file[name]) for name in ARRAYS}
    except (OSError, KeyError) as error:
        raise InputError(f"cached answer {path}: cannot be read ({' '.join(str(error).split())}): delete it") from None
    if _checksum(text, arrays) != stated:
        raise InputError(f"cached answer {path}: its checksum differs, it was changed or damaged: delete it")
    head = json.loads(text)
    if head.get("schema") != SCHEMA:
        raise InputError(
            f"cached answer {path}: schema {head.get('schema')!r}, this version reads {SCHEMA!r}: delete it"
        )
    return Answer(request_of(head), head["version"], head["deck"], **arrays, seconds=head["seconds"])


def request_of(head: dict[str, Any]) -> Request:
    """The request that an answer's header describes."""
    grid = AtomicTimeGrid(head["points"], head["dt_au"], rule="em")
    return Request(MolecularSystem.from_dict(head["system"]), grid, head["real_every"], tuple(head["complex_at"]))


def _checksum(text: str, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in ARRAYS:
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
