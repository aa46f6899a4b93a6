"""Relaxation as data of a system: the model and what it needs, in the words of Spinach.

With a relaxation the equation of motion is dρ/dt = -i[H, ρ] + R ρ. Three models:

    damp      R = -rate of every state but the unit state
    t1_t2     a product of single-spin states decays with the sum of R1 of its longitudinal and R2 of its transverse
              factors
    redfield  second order perturbation theory of the dipolar couplings and shift anisotropies of a molecule that
              tumbles isotropically, with <D(0) D*(t)> = exp(-|t|/tau_c)/5

Of a Redfield matrix ``rlx_keep`` leaves: "kite" the diagonal, and cross relaxation between longitudinal states;
"secular" also what joins states of one frequency of precession; "labframe" everything. ``equilibrium`` is the final
state: "zero" at the unit state, "dibari" at the Boltzmann state of the isotropic Hamiltonian, R exp(βH) (G. DiBari,
M. H. Levitt, Phys. Rev. B 101, 054418 (2020)). Dynamic frequency shifts are left out.
Source of the models: H. J. Hogben et al., J. Magn. Reson. 208, 179 (2011); I. Kuprov, J. Magn. Reson. 209, 31 (2011).

"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.errors import InputError, nearest, shown
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio
from harness.tasks.spins.systems.relaxation_checks import check_values, checked_array, checked_number

MODELS = ("damp", "t1_t2", "redfield")
KEEPS = ("kite", "secular", "labframe")
EQUILIBRIA = ("zero", "dibari")


@dataclass(frozen=True, eq=False)
class Relaxation:
    """How N spins relax. Arrays are copied and read-only; what a model does not need is refused.

    Parameters
    ----------
    model
        One of :data:`MODELS`.
    damp_rate_per_s
        Rate of "damp" in 1/s.
    r1_per_s, r2_per_s
        (N,) rates of "t1_t2" in 1/s, R2 ≥ R1/2.
    positions_angstrom
        (N, 3) positions of the nuclei in Å, for "redfield".
    csa_ppm
        (N, 3, 3) symmetric shift tensors in ppm in the axes of the positions; only their traceless part counts. None:
        no shift anisotropy.
    tau_c_s
        Rotational correlation time of second rank in seconds, for "redfield".
    rlx_keep, equilibrium
        One of :data:`KEEPS`, one of :data:`EQUILIBRIA`.
    temperature_k
        For "dibari".
    field_t
        B0 in tesla, for "redfield" and "dibari" (:meth:`Molecule.at` sets it).
    gyromagnetic_ratios
        γ in rad/(s T) by isotope in place of ours: those of another program, to compare with it.

    Raises
    ------
    InputError
        For an unknown word, data that the model lacks or does not take, or values that no nuclei can have.
    """

    model: str
    damp_rate_per_s: float | None = None
    r1_per_s: np.ndarray | None = None
    r2_per_s: np.ndarray | None = None
    positions_angstrom: np.ndarray | None = None
    csa_ppm: np.ndarray | None = None
    tau_c_s: float | None = None
    rlx_keep: str = "kite"
    equilibrium: str = "zero"
    temperature_k: float | None = None
    field_t: float | None = None
    gyromagnetic_ratios: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, known in (("model", MODELS), ("rlx_keep", KEEPS), ("equilibrium", EQUILIBRIA)):
            word = getattr(self, name)
            if word not in known:
                raise InputError(
                    f"relaxation: {name} = {shown(word)} is unknown{nearest(str(word), known)} "
                    f"(known: {', '.join(known)})"
                )
        for name in _ARRAYS:
            if getattr(self, name) is not None:
                object.__setattr__(self, name, checked_array(getattr(self, name), name))
        for name in ("damp_rate_per_s", "tau_c_s", "temperature_k", "field_t"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, checked_number(getattr(self, name), name))
        ratios = {str(key): float(value) for key, value in self.gyromagnetic_ratios.items()}
        object.__setattr__(self, "gyromagnetic_ratios", MappingProxyType(ratios))
        self._check_needs()
        check_values(self)

    def _check_needs(self) -> None:
        needed = set(_NEEDS[self.model]) | ({"temperature_k", "field_t"} if self.equilibrium == "dibari" else set())
        for name in _DATA:
            there = getattr(self, name) is not None
            if name in needed and not there:
                reason = f"equilibrium 'dibari' needs {name}" if name == "temperature_k" else f"needs {name}"
                raise InputError(f"relaxation {self.model!r}: {name} is missing: it {reason}, {_REMEDIES[name]}")
            if there and name not in needed and name not in _OPTIONAL.get(self.model, ()) and name != "field_t":
                raise InputError(f"relaxation {self.model!r}: {name} is given, which it does not use: leave it out")

    @property
    def spins(self) -> int:
        """Number of spins that the data are for, 0 where any number will do."""
        return next((len(value) for name in _ARRAYS if (value := getattr(self, name)) is not None), 0)

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Relaxation.from_dict, (self.as_dict(),)

    def check_size(self, spins: int) -> None:
        """Refuse data for another number of spins: :class:`InputError`."""
        if self.spins not in (0, spins):
            raise InputError(f"relaxation {self.model!r}: data for {self.spins} spins where the system has {spins}")

    def gamma(self, isotope: str) -> float:
        """γ of an isotope in rad/(s T)."""
        return self.gyromagnetic_ratios.get(isotope, gyromagnetic_ratio(isotope))

    def as_dict(self) -> dict[str, Any]:
        """What was given, as plain JSON values; zeros of either sign are one."""
        stated: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                stated[item.name] = (value + 0.0).tolist()
            elif isinstance(value, Mapping):
                stated |= {item.name: dict(sorted(value.items()))} if value else {}
            elif value is not None:
                stated[item.name] = value
        return stated

    @classmethod
    def from_dict(cls, stated: Mapping[str, Any]) -> Relaxation:
        """The relaxation of a table, as :meth:`as_dict` gives it and as files hold it; raises as the class does."""
        known = [item.name for item in fields(cls)]
        for key in stated:
            if key not in known:
                unit = next((name for name in known if name.startswith(f"{key}_")), None)
                remedy = f"the unit is missing: write {unit!r}" if unit else f"known: {', '.join(known)}"
                raise InputError(f"relaxation: {key!r} is no part of it ({remedy})")
        if "model" not in stated:
            raise InputError(f"relaxation: model is missing (one of {', '.join(MODELS)})")
        return cls(**stated)

    def of_spins(self, spins: Sequence[int]) -> Relaxation:
        """That of these spins alone, in the order given: the fields of the others are cut."""
        chosen = {name: value[list(spins)] for name in _ARRAYS if (value := getattr(self, name)) is not None}
        return Relaxation(**({item.name: getattr(self, item.name) for item in fields(self)} | chosen))


_ARRAYS = ("r1_per_s", "r2_per_s", "positions_angstrom", "csa_ppm")
_NEEDS: dict[str, tuple[str, ...]] = {
    "damp": ("damp_rate_per_s",),
    "t1_t2": ("r1_per_s", "r2_per_s"),
    "redfield": ("positions_angstrom", "tau_c_s", "field_t"),
}
_OPTIONAL = {"redfield": ("csa_ppm",)}
_REMEDIES = {
    "damp_rate_per_s": "a rate in 1/s",
    "r1_per_s": "a rate in 1/s for every spin",
    "r2_per_s": "a rate in 1/s for every spin",
    "positions_angstrom": "x, y, z in Å for every spin (position_angstrom of each spin in a molecule file)",
    "tau_c_s": "a correlation time in seconds, as 2e-10",
    "field_t": "a field in tesla",
    "temperature_k": "a temperature in kelvin, as 298",
}
_DATA = (*_REMEDIES, "csa_ppm")
