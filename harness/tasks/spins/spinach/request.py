"""A request to Spinach: one system, one grid, and every setting that the answer depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, checked_observables
from harness.tasks.spins.systems import OBSERVABLES, SpinSystem, TimeGrid

SEMANTICS = "spinach-request-1"  # part of every key: change it whenever the meaning of a field changes
FORMALISMS = ("zeeman-hilb", "sphten-liouv")
APPROXIMATIONS = ("none", "IK-1", "IK-2")
LARGEST_COMPLETE = 10  # spins; a complete basis of 11 takes Spinach under Octave more than ten minutes
DEFAULT_LEVEL = 6  # of IK-1: 2e-7 of M(0) over 30 ms for chains of 12
LARGEST_RELAXING = 5  # spins: with relaxation the basis has 4^N states, and a Redfield matrix of 6 spins takes minutes


@dataclass(frozen=True)
class SpinachOptions:
    """How Spinach is to compute.

    Parameters
    ----------
    formalism
        "zeeman-hilb" (density matrices) or "sphten-liouv" (state vectors in spherical tensors).
    approximation, level
        "none" (complete basis, level 0), "IK-1" (correlations of up to ``level`` coupled spins) or "IK-2" (of each spin
        with all that it is coupled to).
    magnet_t
        The magnet in tesla. Spinach is given offsets as ppm of it and subtracts the carrier again, which rounds:
        5e-7 rad/s at 14.1 T, nothing visible at the default. The rotating-frame Hamiltonian does not depend on it.
    prop_chop
        Threshold below which Spinach drops elements of propagators; its own default of 1e-10 costs up to 1e-6.
    space_level
        IK-1 and IK-2 also hold correlations of up to so many spins by distance: 2 are all pairs.
    rlx_integration, rlx_zero
        With relaxation: Spinach's tolerances of the Redfield integral (its own default 1e-4) and of the elements of the
        relaxation matrix, in 1/s (its own default 1e-10).
    """

    formalism: str = "zeeman-hilb"
    approximation: str = "none"
    level: int = 0
    magnet_t: float = 0.1
    prop_chop: float = 2.2e-16
    space_level: int = 1
    rlx_integration: float = 1e-8
    rlx_zero: float = 1e-18

    def __post_init__(self) -> None:
        if self.formalism not in FORMALISMS:
            raise InputError(f"formalism {self.formalism!r} is unknown (known: {', '.join(FORMALISMS)})")
        if self.approximation not in APPROXIMATIONS:
            raise InputError(f"approximation {self.approximation!r} is unknown (known: {', '.join(APPROXIMATIONS)})")
        if (self.approximation != "IK-1") != (self.level == 0):
            raise InputError(f"level = {self.level}: IK-1 needs a level of at least 1, every other basis has level 0")
        if self.truncated and self.formalism != "sphten-liouv":
            raise InputError(f"approximation {self.approximation} exists only in the formalism 'sphten-liouv'")
        if self.space_level < 1 or (self.space_level > 1 and not self.truncated):
            raise InputError(f"space_level = {self.space_level}: at least 1, and more only with IK-1 or IK-2")
        for name in ("magnet_t", "prop_chop", "rlx_integration", "rlx_zero"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"{name} = {getattr(self, name)!r}: must be positive and finite")

    @property
    def truncated(self) -> bool:
        """True if the basis is not complete, so that the result is approximate."""
        return self.approximation != "none"

    @property
    def basis(self) -> str:
        """The basis in words: "complete", or the approximation and its levels."""
        if not self.truncated:
            return "complete"
        level = f" level {self.level}" if self.level else ""
        return f"{self.approximation}{level}" + (f", space level {self.space_level}" if self.space_level > 1 else "")

    @classmethod
    def for_size(cls, spins: int) -> SpinachOptions:
        """A complete basis up to :data:`LARGEST_COMPLETE` spins, IK-1 of level 6 beyond."""
        if spins <= LARGEST_COMPLETE:
            return cls()
        return cls(formalism="sphten-liouv", approximation="IK-1", level=DEFAULT_LEVEL)

    @classmethod
    def for_system(cls, system: SpinSystem) -> SpinachOptions:
        """:meth:`for_size` without relaxation. With it spherical tensors, in the magnet of the relaxation: complete up
        to :data:`LARGEST_RELAXING` spins, IK-2 with all pairs beyond.
        """
        if system.relaxation is None:
            return cls.for_size(len(system))
        magnet_t = system.relaxation.field_t or cls.magnet_t
        if len(system) <= LARGEST_RELAXING:
            return cls(formalism="sphten-liouv", magnet_t=magnet_t)
        return cls(formalism="sphten-liouv", approximation="IK-2", magnet_t=magnet_t, space_level=2)

    def further(self, relaxes: bool) -> dict[str, int | str]:
        """What a key and a header hold only where it matters, so that those without it stay as they were."""
        further: dict[str, int | str] = {} if self.space_level == 1 else {"space_level": self.space_level}
        if relaxes:
            further |= {"rlx_integration": self.rlx_integration.hex(), "rlx_zero": self.rlx_zero.hex()}
        return further


@dataclass(frozen=True)
class Request:
    """One request to an engine. Labels and names of the system do not enter it: they change no number."""

    system: SpinSystem
    grid: TimeGrid
    observables: tuple[str, ...] = DEFAULT_OBSERVABLES
    options: SpinachOptions = SpinachOptions()

    @classmethod
    def of(
        cls,
        system: SpinSystem,
        grid: TimeGrid,
        observables: Sequence[str] = DEFAULT_OBSERVABLES,
        options: SpinachOptions | None = None,
    ) -> Request:
        """Check the observables and choose the options by the size of the system if none are given.

        Raises
        ------
        InputError
            For an unknown observable, a grid of a single point, or options that a relaxation does not go with.
        """
        wanted = checked_observables(observables, OBSERVABLES, "spinach")
        if grid.points < 2:
            raise InputError(f"time grid: points = {grid.points}: Spinach needs at least 2")
        options = options or SpinachOptions.for_system(system)
        _check_relaxation(system, options)
        return cls(system, grid, wanted, options)

    def family_fields(self) -> dict[str, Any]:
        """Everything but the number of points and the observables, floats as hexadecimal text."""
        system, options = self.system, self.options
        upper = system.couplings_hz[np.triu_indices(len(system), 1)]
        return {
            "semantics": SEMANTICS,
            "offsets_hz": hexadecimal(system.offsets_hz),
            "couplings_hz": hexadecimal(upper),
            "isotopes": list(system.isotopes),
            "observed": system.observed,
            "tagged_spin": system.tagged_spin,
            "dt_s": float(self.grid.dt_s).hex(),
            "formalism": options.formalism,
            "approximation": options.approximation,
            "level": options.level,
            "magnet_t": float(options.magnet_t).hex(),
            "prop_chop": float(options.prop_chop).hex(),
            **options.further(system.relaxation is not None),
            **({} if system.relaxation is None else {"relaxation": system.relaxation.as_dict()}),
        }

    @property
    def family(self) -> str:
        """SHA-256 of :meth:`family_fields`: requests of one family differ in length and observables only."""
        return _digest(self.family_fields())

    def key(self, engine: str, commit: str) -> str:
        """SHA-256 of the whole request, the engine and the commit of Spinach: the name of a cache entry."""
        whole = self.family_fields() | {"points": self.grid.points, "observables": list(self.observables)}
        return _digest(whole | {"engine": engine, "spinach_commit": commit})


def _check_relaxation(system: SpinSystem, options: SpinachOptions) -> None:
    """Refuse a formalism that cannot hold a relaxation, and a magnet that is not the one that its rates are for."""
    relaxation = system.relaxation
    if relaxation is None:
        return
    if options.formalism != "sphten-liouv":
        raise InputError(f"relaxation {relaxation.model!r}: Spinach needs the formalism 'sphten-liouv' for it")
    if relaxation.field_t not in (None, options.magnet_t):
        raise InputError(
            f"relaxation {relaxation.model!r} is for {relaxation.field_t:g} T, but magnet_t = {options.magnet_t:g}: "
            "give both the same field"
        )
    if relaxation.gyromagnetic_ratios:
        raise InputError("relaxation with gyromagnetic_ratios: Spinach takes its own; leave them out")


def hexadecimal(values: np.ndarray) -> list[str]:
    """Every bit of each number, as text; zeros of either sign are one."""
    return [float(value + 0.0).hex() for value in values]  # + 0.0 turns -0.0 into 0.0


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode("utf-8")).hexdigest()
