"""The molecule itself as a request to Spinach: field, shifts and couplings of the laboratory, and no offset of ours.

A :class:`harness.tasks.spins.spinach.request.Request` gives Spinach offsets in our rotating frame, so that a mistake
in the conversion from a molecule to that frame is made on both sides of a comparison and never found. Here Spinach
converts the molecule by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES
from harness.tasks.spins.spinach.request import Request, SpinachOptions, hexadecimal
from harness.tasks.spins.systems import Molecule, TimeGrid

MOLECULE_SEMANTICS = "spinach-molecule-request-1"  # as SEMANTICS, of the fields that are named here


@dataclass(frozen=True)
class MoleculeRequest(Request):
    """One request about a molecule in a magnet. Names, labels and groups do not enter it: they change no number.

    ``system`` is :meth:`Molecule.at`: it gives how many spins of which isotope there are, and what the answer is to be
    compared with; Spinach does not get its offsets. The field is ``options.magnet_t``.

    Parameters
    ----------
    molecule
        Shifts in ppm and couplings in Hz, as in the laboratory.
    carriers_ppm
        (isotope, carrier in ppm) for every isotope, in the order of their names.
    """

    molecule: Molecule = field(kw_only=True)
    carriers_ppm: tuple[tuple[str, float], ...] = field(kw_only=True)

    @classmethod
    def of_molecule(
        cls,
        molecule: Molecule,
        field_t: float,
        grid: TimeGrid,
        carrier_ppm: float | Mapping[str, float] | None = None,
        observables: Sequence[str] = DEFAULT_OBSERVABLES,
        relaxation: Mapping[str, Any] | None = None,
    ) -> MoleculeRequest:
        """Field, carriers and relaxation as in :meth:`Molecule.at`, the basis by the size of the molecule.

        Raises
        ------
        InputError
            For a field, a carrier or a relaxation that :meth:`Molecule.at` refuses, an unknown observable, or a grid of
            one point.
        """
        system = molecule.at(field_t, carrier_ppm, relaxation=relaxation)
        given = carrier_ppm if isinstance(carrier_ppm, Mapping) else {}
        if carrier_ppm is not None and not isinstance(carrier_ppm, Mapping):
            given = {molecule.observed: carrier_ppm}
        carriers = [(name, float(given.get(name, molecule.centre_ppm(name)))) for name in sorted(set(system.isotopes))]
        options = replace(SpinachOptions.for_system(system), magnet_t=float(field_t))
        requested = Request.of(system, grid, observables, options)
        return cls(system, grid, requested.observables, options, molecule=molecule, carriers_ppm=tuple(carriers))

    def family_fields(self) -> dict[str, Any]:
        """Everything but the number of points and the observables, floats as hexadecimal text."""
        fields = super().family_fields()
        del fields["offsets_hz"]
        upper = self.molecule.couplings_hz[np.triu_indices(len(self.molecule), 1)]
        return fields | {
            "semantics": MOLECULE_SEMANTICS,
            "shifts_ppm": hexadecimal(self.molecule.shifts_ppm),
            "couplings_hz": hexadecimal(upper),
            "carriers_ppm": [[isotope, value.hex()] for isotope, value in self.carriers_ppm],
        }

    def record(self) -> dict[str, Any]:
        """What the header of a cache entry holds of the molecule, besides what it holds of every system."""
        return {
            "name": self.molecule.name,
            "source": self.molecule.source,
            "groups": list(self.molecule.groups),
            "carriers_ppm": [[isotope, value.hex()] for isotope, value in self.carriers_ppm],
        }

    @classmethod
    def from_record(
        cls, requested: Request, record: Mapping[str, Any], shifts_ppm: np.ndarray, couplings_hz: np.ndarray
    ) -> MoleculeRequest:
        """The request of a cache entry; ``requested`` has everything that entries of both kinds have."""
        system = requested.system
        molecule = Molecule(
            record["name"],
            record["source"],
            system.labels,
            system.isotopes,
            tuple(record["groups"]),
            shifts_ppm,
            couplings_hz,
            system.tagged_spin,
            system.observed,
        )
        carriers = tuple((isotope, float.fromhex(value)) for isotope, value in record["carriers_ppm"])
        return cls(
            system, requested.grid, requested.observables, requested.options, molecule=molecule, carriers_ppm=carriers
        )
