"""What each tier judges."""

from __future__ import annotations

from dataclasses import dataclass

from harness.task import Tier


@dataclass(frozen=True)
class Plan:
    """Molecules, windows of each, and the starts and the length of constant-energy and Langevin runs; k base steps."""

    molecules: tuple[str, ...]
    windows: int
    starts: int
    nve_ps: float
    langevin_ps: float
    k: int = 8

    @property
    def judges_drift(self) -> bool:
        """A slope of a run of 1 ps has a standard error above the target."""
        return self.nve_ps >= 5

    @property
    def judges_averages(self) -> bool:
        """Temperatures and spectra take minutes."""
        return self.langevin_ps > 0


PLANS: dict[Tier, Plan] = {
    "smoke": Plan(("methanol",), 4, 4, 1.0, 0.0),
    "nightly": Plan(("methanol", "ethanol", "acetamide"), 8, 8, 10.0, 40.0),
    "full": Plan(("methanol", "ethanol", "acetamide"), 16, 16, 20.0, 250.0),
}
