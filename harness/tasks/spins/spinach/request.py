"""What is asked of Spinach: one system, one grid, and every setting that the answer depends on."""

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
APPROXIMATIONS = ("none", "IK-1")
LARGEST_COMPLETE = 10  # spins; a complete basis of 11 takes Spinach under Octave more than ten minutes
DEFAULT_LEVEL = 6  # of IK-1: 2e-7 of M(0) over 30 ms for chains of 12


@dataclass(frozen=True)
class SpinachOptions:
    """How Spinach is to compute.

    Parameters
    ----------
    formalism
        "zeeman-hilb" (density matrices) or "sphten-liouv" (state vectors in spherical tensors).
    approximation, level
        "none" (complete basis, level 0) or "IK-1" (correlations of up to ``level`` coupled spins).
    magnet_t
        The magnet in tesla. Spinach is given offsets as ppm of it and subtracts the carrier again, which rounds:
        5e-7 rad/s at 14.1 T, nothing visible at the default. The rotating-frame Hamiltonian does not depend on it.
    prop_chop
        Threshold below which Spinach drops elements of propagators; its own default of 1e-10 costs up to 1e-6.
    """

    formalism: str = "zeeman-hilb"
    approximation: str = "none"
    level: int = 0
    magnet_t: float = 0.1
    prop_chop: float = 2.2e-16

    def __post_init__(self) -> None:
        if self.formalism not in FORMALISMS:
            raise InputError(f"formalism {self.formalism!r} is unknown (known: {', '.join(FORMALISMS)})")
        if self.approximation not in APPROXIMATIONS:
            raise InputError(f"approximation {self.approximation!r} is unknown (known: {', '.join(APPROXIMATIONS)})")
        if (self.approximation == "none") != (self.level == 0):
            raise InputError(f"level = {self.level}: IK-1 needs a level of at least 1, a complete basis has level 0")
        if self.approximation == "IK-1" and self.formalism != "sphten-liouv":
            raise InputError("approximation IK-1 exists only in the formalism 'sphten-liouv'")
        for name in ("magnet_t", "prop_chop"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"{name} = {getattr(self, name)!r}: must be positive and finite")

    @property
    def truncated(self) -> bool:
        """True if the basis is not complete, so that the result is approximate."""
        return self.approximation != "none"

    @classmethod
    def for_size(cls, spins: int) -> SpinachOptions:
        """A complete basis up to :data:`LARGEST_COMPLETE` spins, IK-1 of level 6 beyond."""
        if spins <= LARGEST_COMPLETE:
            return cls()
        return cls(formalism="sphten-liouv", approximation="IK-1", level=DEFAULT_LEVEL)


@dataclass(frozen=True)
class Request:
    """One question to an engine. Labels and names of the system do not enter it: they change no number."""

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
            For an unknown observable, or a grid of a single point.
        """
        wanted = checked_observables(observables, OBSERVABLES, "spinach")
        if grid.points < 2:
            raise InputError(f"time grid: points = {grid.points}: Spinach needs at least 2")
        return cls(system, grid, wanted, options or SpinachOptions.for_size(len(system)))

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
        }

    @property
    def family(self) -> str:
        """SHA-256 of :meth:`family_fields`: requests of one family differ in length and observables only."""
        return _digest(self.family_fields())

    def key(self, engine: str, commit: str) -> str:
        """SHA-256 of the whole request, the engine and the commit of Spinach: the name of a cache entry."""
        whole = self.family_fields() | {"points": self.grid.points, "observables": list(self.observables)}
        return _digest(whole | {"engine": engine, "spinach_commit": commit})


def hexadecimal(values: np.ndarray) -> list[str]:
    """Every bit of each number, as text; zeros of either sign are one."""
    return [float(value + 0.0).hex() for value in values]  # + 0.0 turns -0.0 into 0.0


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode("utf-8")).hexdigest()
