"""What each tier judges in the suites of this task alone."""

from __future__ import annotations

from dataclasses import dataclass

from harness.task import Tier


@dataclass(frozen=True)
class Plan:
    """Molecules, windows of each, and the starts and the length of constant-energy and Langevin runs; k base steps.

    ``maps``: every number of base steps whose linear map is judged. ``compared``: the molecule on which all methods are
    compared at equal numbers of quantum calls, "" for none, with ``compared_starts`` starts. ``further``: another
    number of base steps whose drift on that molecule is a goal. On that molecule the subject has ``further_starts``
    starts: slopes scatter so much that two standard errors of eight can exceed half of the target.
    ``hot_ps``: length of runs at 700 K. ``unseen``: windows of each molecule without labels.
    """

    molecules: tuple[str, ...]
    windows: int
    starts: int
    nve_ps: float
    langevin_ps: float = 0.0
    k: int = 8
    maps: tuple[int, ...] = (8, 4, 12, 16)
    compared: str = ""
    compared_starts: int = 4
    further: int = 12
    further_starts: int = 16
    hot_ps: float = 5.0
    unseen: int = 3

    def starts_of(self, molecule: str) -> int:
        """Starts of the constant-energy runs of the subject; all others have ``starts`` of each molecule."""
        return max(self.starts, self.further_starts) if molecule == self.compared else self.starts

    @property
    def judges_drift(self) -> bool:
        """A slope of a run of 1 ps has a standard error above the target."""
        return self.nve_ps >= 5

    @property
    def judges_averages(self) -> bool:
        """Temperatures, spectra and the comparison of all methods take minutes."""
        return self.langevin_ps > 0


PLANS: dict[Tier, Plan] = {
    "smoke": Plan(("methanol",), 4, 4, 1.0),
    "nightly": Plan(("ethanol", "acetamide"), 8, 8, 10.0, 40.0, compared="ethanol"),
    "full": Plan(("methanol", "ethanol", "acetamide"), 16, 16, 20.0, 250.0, compared="ethanol", compared_starts=8),
}
