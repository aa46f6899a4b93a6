"""Molecules: chemical shifts and couplings, without field, carrier or time grid.

Those are of the experiment, see :meth:`Molecule.at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import tau
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems.above import above
from harness.tasks.spins.systems.frame import Frame, ShiftAxis
from harness.tasks.spins.systems.isotopes import frame_signs, gyromagnetic_ratio
from harness.tasks.spins.systems.molecule_relaxation import molecule_relaxation
from harness.tasks.spins.systems.system import SpinSystem

if TYPE_CHECKING:
    from harness.tasks.spins.spectra import Spectrum
    from harness.tasks.spins.spectra.peaks import PeakList


@dataclass(frozen=True, eq=False)
class Molecule:
    """Shifts and couplings of a molecule under stated conditions.

    ``shifts_ppm`` is (N,); ``couplings_hz`` (N, N) symmetric, as in the laboratory (published values, sign included);
    ``status`` maps a spin label or "A B" (as in the file) to placeholder, dft or unverified for each value that was not
    measured; ``groups`` has one name per spin, its own label where it belongs to no group. For relaxation:
    ``positions_angstrom`` (N, 3) and ``csa_ppm`` (N, 3, 3), shift tensors in the axes of the positions; None where they
    are not known.
    """

    name: str
    source: str
    labels: tuple[str, ...]
    isotopes: tuple[str, ...]
    groups: tuple[str, ...]
    shifts_ppm: np.ndarray
    couplings_hz: np.ndarray
    tagged_spin: int = 0
    observed: str = "1H"
    smiles: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    citation: Mapping[str, Any] = field(default_factory=dict)
    status: Mapping[str, str] = field(default_factory=dict)
    positions_angstrom: np.ndarray | None = None
    csa_ppm: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("shifts_ppm", "couplings_hz", "positions_angstrom", "csa_ppm"):
            if getattr(self, name) is None:
                continue
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        for name in ("conditions", "citation", "status"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[type[Molecule], tuple[Any, ...]]:
        # Mapping proxies cannot be pickled; the constructor makes them anew.
        values = (getattr(self, f.name) for f in fields(self))
        return Molecule, tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        low, high = (float(bound) for bound in (self.shifts_ppm.min(), self.shifts_ppm.max()))
        isotopes = " ".join(sorted(set(self.isotopes)))
        return f"Molecule({self.name!r}, {self.source}, {len(self)} spins, {isotopes}, {low:.4g} to {high:.4g} ppm)"

    def _repr_html_(self) -> str:
        from harness.tasks.spins.systems.html import table

        rows = zip(self.labels, self.isotopes, self.groups, (f"{ppm:.4f}" for ppm in self.shifts_ppm), strict=True)
        return table(repr(self), ("spin", "isotope", "group", "shift (ppm)"), rows)

    def centre_ppm(self, isotope: str) -> float:
        """Middle of the range of shifts of one isotope, in ppm."""
        shifts = [s for s, i in zip(self.shifts_ppm, self.isotopes, strict=True) if i == isotope]
        return float(min(shifts) + max(shifts)) / 2

    def at(
        self,
        field_t: float,
        carrier_ppm: float | Mapping[str, float] | None = None,
        gyromagnetic_ratios: Mapping[str, float] | None = None,
        relaxation: Mapping[str, Any] | None = None,
    ) -> SpinSystem:
        """The spin system in a magnet: offset_hz = (δ - δ_carrier)·1e-6·|γ|B0/2π, J'_ij = sign(γ_i γ_j) J_ij.

        Frequencies rise with the shift for every isotope. The frame in which they do turns with the precession where
        γ > 0 and against that of the others, so that I_z of isotopes of opposite γ, and with it the coupling between
        them, has the opposite sign there (derived in docs/conventions.md).

        Parameters
        ----------
        field_t
            B0 in tesla.
        carrier_ppm
            Carrier of the observed isotope in ppm, or one per isotope; an isotope without one has its carrier at the
            middle of its shifts.
        gyromagnetic_ratios
            γ in rad/(s T) to take in place of ours (:mod:`harness.tasks.spins.systems.isotopes`), by isotope: another
            program's, to compare with it. Those of 13C, 15N, 19F and 29Si differ between programs by up to 9e-4.
        relaxation
            How the spins relax, as {"model": "redfield", "tau_c_s": 2e-10}: the fields of
            :class:`~harness.tasks.spins.systems.relaxation.Relaxation` except those that follow from the molecule
            and the magnet. A rate of "t1_t2" that is one number is that of every spin.

        Raises
        ------
        InputError
            For a field that is not positive, a carrier that is not finite or for an isotope that is not there, or a
            gyromagnetic ratio that is zero, not finite or of another sign than the nucleus has.
        """
        if not (np.isfinite(field_t) and field_t > 0):
            raise InputError(f"{self.name!r}: field_t = {field_t!r} must be a positive number of tesla")
        carriers = dict(carrier_ppm) if isinstance(carrier_ppm, Mapping) else {}
        if carrier_ppm is not None and not isinstance(carrier_ppm, Mapping):
            carriers = {self.observed: carrier_ppm}
        for isotope, carrier in carriers.items():
            if isotope not in self.isotopes:
                there = ", ".join(sorted(set(self.isotopes)))
                raise InputError(f"{self.name!r}: carrier for {isotope!r}, which no spin has (there are {there})")
            if not np.isfinite(carrier):
                raise InputError(f"{self.name!r}: carrier_ppm = {carrier!r} of {isotope} must be finite")
        larmor_hz = self._larmor_hz(field_t, gyromagnetic_ratios or {})
        carriers = {isotope: carriers.get(isotope, self.centre_ppm(isotope)) for isotope in larmor_hz}
        axes = tuple(ShiftAxis(isotope, hz, float(carriers[isotope])) for isotope, hz in larmor_hz.items())
        offsets = [
            (shift - carriers[isotope]) * 1e-6 * larmor_hz[isotope]
            for shift, isotope in zip(self.shifts_ppm, self.isotopes, strict=True)
        ]
        couplings = self.couplings_hz * frame_signs(self.isotopes) + 0.0  # + 0.0 turns -0.0 into 0.0
        relaxes = None
        if relaxation is not None:
            relaxes = molecule_relaxation(self, field_t, relaxation, gyromagnetic_ratios)
        return SpinSystem(
            offsets, couplings, self.labels, self.isotopes, self.observed, self.tagged_spin,
            name=self.name, frame=Frame(float(field_t), axes), relaxation=relaxes,
        )  # fmt: skip

    def spectrum(
        self,
        mhz: float | None = None,
        field_t: float | None = None,
        method: str | None = None,
        t2_s: float | None = None,
        ppm: tuple[float, float] | None = None,
        relaxation: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Spectrum:
        """The spectrum of the observed isotope, from seconds of M that decays with T2 or as its spins relax.

        Parameters
        ----------
        mhz, field_t
            The magnet: its proton frequency in MHz, or B0 in tesla.
        method, options
            As :func:`harness.simulate` has them; by default "exact", with relaxation "liouville-neighbourhoods".
        t2_s
            T2 in seconds; by default 0.5, lines 0.64 Hz wide, and with relaxation none.
        ppm
            Two shifts to cut the spectrum to; by default the whole sweep.
        relaxation
            As for :meth:`at`.

        Raises
        ------
        InputError
            Where not exactly one of ``mhz`` and ``field_t`` is given, or for what :func:`harness.simulate` refuses.
        """
        field_t = above("spectra.at_field:one_field")(mhz, field_t)
        return above("spectra.at_field:spectrum_at")(self, field_t, method, t2_s, ppm, relaxation=relaxation, **options)

    def peaks(
        self, mhz: float | None = None, field_t: float | None = None, relaxation: Mapping[str, Any] | None = None
    ) -> PeakList:
        """Lines and multiplets with their integrals, with ``relaxation`` (see :meth:`at`) the widths of the lines.

        See :func:`harness.tasks.spins.spectra.peaks.peak_list`.
        """
        field_t = above("spectra.at_field:one_field")(mhz, field_t)
        return above("spectra.at_field:peaks_at")(self, field_t, relaxation)

    def _larmor_hz(self, field_t: float, given: Mapping[str, float]) -> dict[str, float]:
        """|γ|B0/2π of each isotope, with γ from ``given`` where it has one."""
        larmor_hz = {}
        for isotope in dict.fromkeys(self.isotopes):
            ours = gyromagnetic_ratio(isotope)
            gamma = float(given.get(isotope, ours))
            if not (np.isfinite(gamma) and gamma * ours > 0):
                sign = "positive" if ours > 0 else "negative"
                raise InputError(
                    f"{self.name!r}: gyromagnetic_ratios[{isotope!r}] = {gamma!r}: must be {sign} and finite, rad/(s T)"
                )
            larmor_hz[isotope] = abs(gamma) * field_t / tau
        return larmor_hz
