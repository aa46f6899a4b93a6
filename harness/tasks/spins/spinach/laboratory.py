"""Molecules that Spinach is given as they are: field, shifts, couplings; part of the plan of the cache.

Two fields are low, for two reasons. With strong coupling an error in a convention changes the spectrum. And Spinach
makes an offset as the difference of two Larmor frequencies, which rounds by up to two units in their last place: in 30
ms a phase of 7e-9 for protons at 2.35 T, of 4e-8 at 14.1 T, where it would hide the difference to be found.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.tasks.spins.spinach.molecule_request import MoleculeRequest
from harness.tasks.spins.systems import OBSERVABLES, STANDARD_GRID, Molecule, load_molecule

ROLE = "laboratory"
FIELDS_T = (2.35, 4.7)
LIBRARY = ("glycine", "alanine", "valine", "glycine-13c")

_Spins = dict[str, tuple[str, float]]
_Couplings = dict[str, float]

_DISILANE: tuple[_Spins, _Couplings] = (
    {
        "SI1": ("29Si", -12.0),
        "SI2": ("29Si", -9.5),
        "HA": ("1H", 4.6),
        "HB": ("1H", 4.72),
        "F": ("19F", -150.0),
    },
    {
        "SI1 SI2": 40.0,
        "SI1 HA": -220.0,
        "SI2 HB": -212.0,
        "SI1 HB": 6.0,
        "SI2 HA": 5.0,
        "HA HB": 3.0,
        "SI1 F": 280.0,
        "SI2 F": -20.0,
        "HA F": 50.0,
    },
)
_DIAZINE: tuple[_Spins, _Couplings] = (
    {
        "N1": ("15N", 80.0),
        "N2": ("15N", 72.0),
        "HA": ("1H", 6.2),
        "HB": ("1H", 6.05),
        "HC": ("1H", 5.2),
    },
    {
        "N1 N2": -13.0,
        "N1 HA": -11.0,
        "N2 HB": -9.0,
        "N1 HB": -2.0,
        "N2 HA": 1.5,
        "N2 HC": -3.0,
        "HA HB": 8.0,
        "HB HC": 7.0,
    },
)
_SILYL: tuple[_Spins, _Couplings] = (
    {"SI": ("29Si", 2.5), "HA": ("1H", 0.15), "HB": ("1H", -0.15), "HC": ("1H", -0.08)},
    {"SI HA": 5.45, "SI HB": 3.73, "SI HC": 0.73, "HA HB": 7.0, "HB HC": -14.0},
)
_AMIDE: tuple[_Spins, _Couplings] = (
    {"HN": ("1H", 7.9), "HA": ("1H", 3.9), "HB": ("1H", 3.7), "N": ("15N", 118.0)},
    {"HN N": -92.0, "HA HB": -16.0, "HN HA": 5.5, "HN HB": 6.0, "HA N": -2.0, "HB N": 1.0},
)
_HYDRAZINE: tuple[_Spins, _Couplings] = (
    {
        "N1": ("15N", 52.0),
        "N2": ("15N", 48.0),
        "HA": ("1H", 3.9),
        "HB": ("1H", 3.6),
        "HC": ("1H", 3.7),
        "HD": ("1H", 3.3),
    },
    {
        "N1 N2": -7.0,
        "N1 HA": -90.0,
        "N1 HB": -90.0,
        "N2 HC": -90.0,
        "N2 HD": -90.0,
        "N1 HC": -2.0,
        "N1 HD": -1.0,
        "N2 HA": -2.0,
        "N2 HB": -1.0,
        "HA HB": -10.0,
        "HC HD": -10.0,
        "HA HC": 9.0,
        "HA HD": 3.0,
        "HB HC": 3.0,
        "HB HD": 7.0,
    },
)
# Made for this purpose, with couplings of a usual size: no published spectrum belongs to them.
MADE: dict[str, tuple[str, tuple[_Spins, _Couplings]]] = {
    "disilane, 29Si observed": ("29Si", _DISILANE),
    "disilane, 19F observed": ("19F", _DISILANE),
    "diazine, 15N observed": ("15N", _DIAZINE),
    "diazine, 1H observed": ("1H", _DIAZINE),
    "silyl, 29Si observed": ("29Si", _SILYL),
    "amide, 1H observed": ("1H", _AMIDE),
    "hydrazine, 15N observed": ("15N", _HYDRAZINE),
    "hydrazine, 1H observed": ("1H", _HYDRAZINE),
}
LOWEST_T = 1.4
"""Field of benchtop spectrometers."""
ALSO_AT_LOWEST = ("hydrazine, 15N observed", "hydrazine, 1H observed")
"""Large couplings to the other isotope bring spins near resonance whose own offsets differ: the lower the field, the
more, and the larger the error of a method that treats such couplings as a shift."""


def made(name: str) -> Molecule:
    """One molecule of :data:`MADE`, each spin a separate group, the first spin tagged."""
    observed, (spins, table) = MADE[name]
    labels = tuple(spins)
    couplings = np.zeros((len(labels), len(labels)))
    for pair, value in table.items():
        i, j = (labels.index(label) for label in pair.split())
        couplings[i, j] = couplings[j, i] = value
    isotopes, shifts = zip(*spins.values(), strict=True)
    return Molecule(name, "made", labels, isotopes, labels, np.array(shifts), couplings, observed=observed)


def requests() -> Iterator[tuple[str, MoleculeRequest]]:
    """(case, request): molecules of the library with M and I_1z, those of :data:`MADE` with every observable."""
    for field_t in FIELDS_T:
        for name in LIBRARY:
            molecule = load_molecule(name)
            requested = MoleculeRequest.of_molecule(molecule, field_t, STANDARD_GRID)
            yield f"{name}.{molecule.source} {field_t:g} T", requested
    for field_t, names in ((LOWEST_T, ALSO_AT_LOWEST), *((field_t, tuple(MADE)) for field_t in FIELDS_T)):
        for name in names:
            requested = MoleculeRequest.of_molecule(made(name), field_t, STANDARD_GRID, observables=OBSERVABLES)
            yield f"{name.replace(',', '')} {field_t:g} T", requested
