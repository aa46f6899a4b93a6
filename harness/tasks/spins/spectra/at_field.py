"""The spectrum and the peak list of a molecule at a field, in one call each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.errors import InputError
from harness.tasks.spins.spectra.acquisition import acquisition
from harness.tasks.spins.spectra.peaks import PeakList, peak_list
from harness.tasks.spins.spectra.spectrum import Spectrum
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import field_of_mhz


def spectrum_at(
    molecule: Molecule,
    field_t: float,
    method: str | None = None,
    t2_s: float | None = None,
    ppm: tuple[float, float] | None = None,
    carrier_ppm: float | Mapping[str, float] | None = None,
    relaxation: Mapping[str, Any] | None = None,
    **options: Any,
) -> Spectrum:
    """See :meth:`harness.tasks.spins.systems.Molecule.spectrum`."""
    from harness.tasks.spins.references import RELAXING, simulate

    system = molecule.at(field_t, carrier_ppm, relaxation=relaxation)
    if method is None:
        method = "exact" if relaxation is None else RELAXING
    taken = acquisition([system], t2_s=t2_s, ppm=ppm)
    spectrum = simulate(system, taken.grid, method, ("m",), **options).spectrum(taken.t2_s)
    return spectrum if ppm is None else spectrum.between(*ppm)


def peaks_at(molecule: Molecule, field_t: float, relaxation: Mapping[str, Any] | None = None) -> PeakList:
    """See :meth:`harness.tasks.spins.systems.Molecule.peaks`."""
    return peak_list(molecule.at(field_t, relaxation=relaxation))


def one_field(mhz: float | None, field_t: float | None) -> float:
    """B0 in tesla from either.

    Raises
    ------
    InputError
        Where none or both are given.
    """
    if (mhz is None) == (field_t is None):
        raise InputError(f"mhz = {mhz!r}, field_t = {field_t!r}: give one of them, as mhz=600 or field_t=14.1")
    return field_of_mhz(mhz) if mhz is not None else float(field_t)  # type: ignore[arg-type]
