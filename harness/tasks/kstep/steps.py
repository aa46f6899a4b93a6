"""The macro step of an integrator: how many base steps, of which length."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import InputError, shown
from harness.tasks.kstep.units import BASE_DT_PS, FS

MOST_K = 64
LARGEST_BASE_DT_PS = 1e-3


@dataclass(frozen=True)
class Step:
    """A macro step of ``k`` base steps of ``dt_ps``.

    Raises
    ------
    InputError
        For k < 1 or above :data:`MOST_K`, dt <= 0 or above 1 fs.
    """

    k: int
    dt_ps: float = BASE_DT_PS

    def __post_init__(self) -> None:
        if isinstance(self.k, bool) or not isinstance(self.k, int) or not 1 <= self.k <= MOST_K:
            raise InputError(f"k = {shown(self.k)}: a whole number of base steps from 1 to {MOST_K} is due")
        if not 0 < self.dt_ps <= LARGEST_BASE_DT_PS:
            raise InputError(
                f"base time step {self.dt_ps / FS:g} fs must be above 0 and at most {LARGEST_BASE_DT_PS / FS:g} fs: "
                "beyond it no inner force field follows the bonds to hydrogen; take a larger k instead"
            )

    @property
    def tau_ps(self) -> float:
        """The macro step in ps."""
        return self.k * self.dt_ps
