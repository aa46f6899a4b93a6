"""What is wanted from NWChem: a system, a grid, and at which samples the density."""

from __future__ import annotations

from dataclasses import dataclass

from harness.bridge.recorded import Request as Recorded
from harness.errors import InputError, shown
from harness.tasks.tddft.fields import DeltaStep, Kick
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.systems import MolecularSystem

LIBRARY = {"sto-3g": "STO-3G", "6-31g": "6-31G"}
"""Bases whose functions NWChem and PySCF share, and whose order in NWChem is known (docs/tddft.md)."""
FIRST_ROWS = ["H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne"]


@dataclass(frozen=True)
class Request:
    """One trajectory by NWChem's exponential midpoint rule with steps of ``grid.dt_au``.

    Parameters
    ----------
    system, grid
        The molecule under a field ``delta`` or ``pulse``, and the samples, one for each step.
    real_every
        Re P is stored at every sample whose index is a multiple of this number; 0: none.
    complex_at
        Samples (not 0) at which the complex P is needed: at each of them one run ends, and the next is a restart.
    with_points
        NWChem takes a small quadrature grid, whose points and weights are stored, so that another program can sum
        over the same points. The level of the system's own grid then has no meaning.

    Raises
    ------
    InputError
        For a field, basis or element that NWChem does not support in the same way, samples beyond the grid, or points
        of Hartree-Fock, which has none.
    """

    system: MolecularSystem
    grid: AtomicTimeGrid
    real_every: int = 0
    complex_at: tuple[int, ...] = ()
    with_points: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.system.field, Kick):
            raise InputError(
                "field 'kick': NWChem has no exact kick; take a 'delta' of amplitude 2κ/dt, which spreads it over "
                "one step"
            )
        if self.system.basis not in LIBRARY:
            raise InputError(f"basis {self.system.basis!r}: compared with NWChem are {', '.join(LIBRARY)}")
        if odd := next((one for one in self.system.elements if one not in FIRST_ROWS), None):
            raise InputError(f"element {odd!r}: compared with NWChem are H to Ne")
        if list(self.complex_at) != sorted(set(self.complex_at)) or not all(
            0 < one < self.grid.points for one in self.complex_at
        ):
            raise InputError(
                f"complex_at = {shown(self.complex_at)}: must be ascending samples from 1 to {self.grid.points - 1}"
            )

        if self.real_every and self.complex_at:
            raise InputError("real_every and complex_at: a chain of runs numbers its files anew; make two requests")
        if self.with_points and self.system.functional == "hf":
            raise InputError("with_points = True: Hartree-Fock has no quadrature grid; take lda, pbe or pbe0")

    @property
    def recorded(self) -> Recorded:
        """All that the answer depends on, as the request of an entry."""
        fields = {
            "system": self.system.fingerprint,
            "points": self.grid.points,
            "dt_au": self.grid.dt_au.hex(),
            "real_every": self.real_every,
            "complex_at": list(self.complex_at),
            **({"with_points": True} if self.with_points else {}),
        }
        return Recorded(fields, f"{self.system.name} {self.system.functional}")

    @property
    def key(self) -> str:
        """SHA-256 (hex) of all that the answer depends on."""
        return self.recorded.key

    @property
    def links(self) -> list[tuple[int, int]]:
        """First and last sample of each run of the chain; the last run reaches the end of the grid."""
        stops = [*self.complex_at]
        if not stops or stops[-1] != self.grid.points - 1:
            stops.append(self.grid.points - 1)
        return list(zip([0, *stops[:-1]], stops, strict=True))


def delta_for(kick: Kick, dt_au: float) -> DeltaStep:
    """The field of NWChem whose first midpoint step carries the impulse of a kick: E = 2κ/dt."""
    return DeltaStep(2 * kick.strength_au / dt_au, kick.direction, largest_au=float("inf"))
