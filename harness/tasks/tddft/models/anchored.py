"""Re-anchoring: from time to time a true Fock matrix corrects the model.

At an anchor Δ = F_true - F_model is measured; between anchors Δ is extrapolated by the quadratic through the last
three. The budget is the number of true builds, fixed by an interval, or adapted so that the error of the
extrapolation at each anchor (the anchor defect) stays near a tolerance.
"""

from __future__ import annotations

import numpy as np

from harness.tasks.tddft.propagators import FockModel
from harness.tasks.tddft.propagators.magnus4 import lagrange

ANCHORS_USED = 3
SHRINK, GROW = 0.5, 2.0
ORDER = 3.0
"""The defect of a quadratic extrapolation grows with the cube of the interval."""

LONGEST_AU = 1.6
"""Longest interval that the anchor defect may choose. Δ follows the density, whose valence oscillations have periods of
10 au and more, and products of them half of that: a quadratic through points further apart extrapolates worse than
none, and an interval that has grown while nothing happened would miss the beginning of a pulse."""


class Anchored:
    """A model with anchors every ``interval_au``, or of a defect (max|ΔF|, hartree) near ``tolerance``.

    It expects to be called in the order of time, as the integrators do. ``true_builds`` counts the anchors.
    """

    def __init__(
        self, model: FockModel, truth: FockModel, interval_au: float, tolerance: float | None = None,
        shortest_au: float = 0.1, longest_au: float = LONGEST_AU,
    ) -> None:  # fmt: skip
        self.model, self.truth = model, truth
        self.interval_au, self.tolerance = interval_au, tolerance
        self.shortest_au, self.longest_au = shortest_au, longest_au
        self.times: list[float] = []
        self.corrections: list[np.ndarray] = []
        self.true_builds = 0
        self.due_au = -np.inf

    def fock(self, density: np.ndarray, time_au: float) -> np.ndarray:
        """F_model + Δ(t); at an anchor F_true."""
        modelled = self.model.fock(density, time_au)
        if time_au < self.due_au - 1e-9:
            return modelled + self._extrapolated(time_au)
        exact = self.truth.fock(density, time_au)
        self.true_builds += 1
        correction = exact - modelled
        if self.tolerance is not None and len(self.times) >= ANCHORS_USED:
            self._adapt(float(np.abs(correction - self._extrapolated(time_au)).max()))
        self.times = [*self.times[1 - ANCHORS_USED :], time_au]
        self.corrections = [*self.corrections[1 - ANCHORS_USED :], correction]
        self.due_au = time_au + self.interval_au
        return exact

    def _extrapolated(self, time_au: float) -> np.ndarray:
        weights = lagrange(np.array(self.times), np.array([time_au]))[0]
        return np.tensordot(weights, np.array(self.corrections), 1)

    def _adapt(self, defect: float) -> None:
        assert self.tolerance is not None
        factor = (self.tolerance / max(defect, 1e-300)) ** (1 / ORDER)
        wanted = self.interval_au * min(GROW, max(SHRINK, 0.9 * factor))
        self.interval_au = min(self.longest_au, max(self.shortest_au, wanted))
