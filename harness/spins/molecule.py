"""Molecules: chemical shifts and couplings, without field, carrier or time grid.

Those are of the experiment, see :meth:`Molecule.at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import tau
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.spins.isotopes import frame_signs, gyromagnetic_ratio
from harness.spins.system import SpinSystem


@dataclass(frozen=True, eq=False)
class Molecule:
    """Shifts and couplings of a molecule under stated conditions.

    ``shifts_ppm`` is (N,); ``couplings_hz`` (N, N) symmetric, as in the laboratory (published values, sign included);
    ``status`` maps a spin label or "A B" (as in the file) to placeholder, dft or unverified for each value that was not
    measured; ``groups`` has one name per spin, its own label where it belongs to no group.
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

    def __post_init__(self) -> None:
        for name in ("shifts_ppm", "couplings_hz"):
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

    def centre_ppm(self, isotope: str) -> float:
        """Middle of the range of shifts of one isotope, in ppm."""
        shifts = [s for s, i in zip(self.shifts_ppm, self.isotopes, strict=True) if i == isotope]
        return float(min(shifts) + max(shifts)) / 2

    def at(
        self,
        field_t: float,
        carrier_ppm: float | Mapping[str, float] | None = None,
        gyromagnetic_ratios: Mapping[str, float] | None = None,
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
            γ in rad/(s T) to take in place of ours (:mod:`harness.spins.isotopes`), by isotope: another program's, to
            compare with it. Those of 13C, 15N, 19F and 29Si differ between programs by up to 9e-4.

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
        offsets = [
            (shift - carriers.get(isotope, self.centre_ppm(isotope))) * 1e-6 * larmor_hz[isotope]
            for shift, isotope in zip(self.shifts_ppm, self.isotopes, strict=True)
        ]
        couplings = self.couplings_hz * frame_signs(self.isotopes) + 0.0  # + 0.0 turns -0.0 into 0.0
        return SpinSystem(
            offsets, couplings, self.labels, self.isotopes, self.observed, self.tagged_spin, name=self.name
        )

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
