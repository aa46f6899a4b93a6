"""The definition of a data set: molecules, trajectories of each, their length, their force, and the seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from harness.errors import InputError, nearest, shown
from harness.tasks.kstep.library import load
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.units import BASE_DT_PS

SCHEMA = "kstep-trajectories-1"
FORCES = ("xtb", "mmff", "gfn-ff")
MOST_STEPS = 10**7


@dataclass(frozen=True)
class Shard:
    """One trajectory: its molecule, its number and the seed of its start."""

    molecule: str
    number: int
    seed: tuple[int, ...]

    @property
    def file(self) -> str:
        """The file name."""
        return f"{self.molecule}-{self.number:04d}.h5"


@dataclass(frozen=True)
class Job:
    """Constant-energy trajectories of velocity Verlet with one force, each from a separate thermal start.

    Parameters
    ----------
    molecules
        Names of the library.
    trajectories
        How many of each.
    steps
        Base steps of each.
    force
        "xtb" (GFN2-xTB), "mmff" or "gfn-ff": both force fields at the same base step, so that their jumps are
        comparable.
    """

    molecules: tuple[str, ...]
    trajectories: int = 4
    steps: int = 4000
    dt_ps: float = BASE_DT_PS
    temperature_k: float = 300.0
    force: str = "xtb"
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.molecules:
            raise InputError("a data set needs at least one molecule")
        for name in self.molecules:
            load(name)
        if len(set(self.molecules)) < len(self.molecules):
            raise InputError(f"molecules {shown(self.molecules)}: one is named twice")
        if self.force not in FORCES:
            raise InputError(
                f"force {self.force!r} is unknown{nearest(self.force, FORCES)} (known: {', '.join(FORCES)})"
            )
        if not 1 <= self.trajectories <= 10**4 or not 1 <= self.steps <= MOST_STEPS:
            raise InputError(f"trajectories = {self.trajectories}, steps = {self.steps}: at least 1 of each is due")
        if not 0 < self.temperature_k <= 5000:
            raise InputError(f"temperature {self.temperature_k:g} K must be above 0 and at most 5000")
        Step(1, self.dt_ps)

    def shards(self) -> list[Shard]:
        """Every trajectory, with a seed that depends on its molecule and number alone."""
        return [
            Shard(name, number, (self.seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big"), number))
            for name in self.molecules
            for number in range(self.trajectories)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"molecules": list(self.molecules), "schema": SCHEMA}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Job:
        """The job of :meth:`as_dict`."""
        known: dict[str, Any] = {key: value for key, value in values.items() if key not in ("schema", "molecules")}
        return cls(tuple(values["molecules"]), **known)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its content, hexadecimal."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()
