"""One trajectory computed by NWChem, as it is stored: arrays, and in the header the system, the decks, the version."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.bridge.recorded import Recorded
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.nwchem.output import Rows
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.systems import MolecularSystem

ARRAYS = ("dipole", "energy", "field", "real_densities", "complex_densities")


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer of NWChem to a request.

    ``dipole`` (points, 3), ``energy`` (points,) without that of the field, ``field`` (points, 3); ``real_densities``
    (samples, n, n) Re P of both spins, ``complex_densities`` (snapshots, s, n, n) P, in PySCF's order of orbitals;
    ``points`` (points, 4) places in bohr and weights of the quadrature, where the request wants them.
    """

    request: Request
    version: str
    deck: str
    dipole: np.ndarray
    energy: np.ndarray
    field: np.ndarray
    real_densities: np.ndarray
    complex_densities: np.ndarray
    points: np.ndarray = dataclasses.field(default_factory=lambda: np.empty((0, 4)))
    seconds: float = 0.0

    @property
    def induced(self) -> np.ndarray:
        """(points, 3) δμ(t)."""
        return self.dipole - self.dipole[0]

    @classmethod
    def joined(
        cls,
        request: Request,
        deck: str,
        parts: Sequence[Rows],
        real: np.ndarray,
        snapshots: np.ndarray,
        points: np.ndarray,
        seconds: float,
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
            points,
            seconds,
        )

    @property
    def recorded(self) -> Recorded:
        """The entry of a cache that holds it."""
        provenance = {
            "system": self.request.system.as_dict(),
            "version": self.version,
            "deck": self.deck,
            "seconds": round(self.seconds, 2),
        }
        names = (*ARRAYS, "points") if self.request.with_points else ARRAYS
        return Recorded(self.request.recorded, {name: getattr(self, name) for name in names}, provenance)


def answer_in(entry: Recorded) -> Answer:
    """The answer that an entry holds."""
    fields, about = entry.request.fields, entry.provenance
    grid = AtomicTimeGrid(fields["points"], float.fromhex(fields["dt_au"]), rule="em")
    system = MolecularSystem.from_dict(about["system"])
    request = Request(system, grid, fields["real_every"], tuple(fields["complex_at"]), fields.get("with_points", False))
    return Answer(request, about["version"], about["deck"], **entry.arrays, seconds=about["seconds"])
