"""What calibration curves correct of a factor: how far it is believed, and its distribution function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EARLIER_KNOTS = (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99,
                 1.0)  # fmt: skip
"""Those of weights of earlier versions, which are all among :data:`KNOTS`."""
LOWER_KNOTS = (0.0, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.35,
               0.4, 0.45)  # fmt: skip
KNOTS = (*LOWER_KNOTS, 0.5, *(round(1.0 - knot, 3) for knot in reversed(LOWER_KNOTS)))
"""Where the correction of a distribution function is given; it is linear between them."""


@dataclass(frozen=True)
class Calibration:
    """The parameters of a factor that were fitted to calibration curves.

    Parameters
    ----------
    trust
        λ weighs the networks against the prior: λ q + (1 − λ); 0 where they gained nothing that is significant, so that
        the posterior is the prior.
    tables
        The share of truths whose probability integral transform lies below each of :data:`KNOTS`, one row for each
        group of curves; equal to the knots where nothing has to be corrected.
    edges
        What the networks predict on average at the border of two groups, increasing: networks that are too wide where
        they predict small values and too narrow where they predict large ones are corrected for both.
    """

    trust: float = 1.0
    tables: tuple[tuple[float, ...], ...] = (KNOTS,)
    edges: tuple[float, ...] = ()

    def corrected(self, transforms: np.ndarray, places: np.ndarray) -> np.ndarray:
        """(…) probabilities that are uniform for the truth, from the transforms (…) of the networks.

        ``places`` (…) are what the networks predict on average.
        """
        if len(self.tables) == 1:
            return np.interp(transforms, KNOTS, self.tables[0])
        low, high, place = _between(self._heights(places), _bins(transforms))
        knots, widths = np.array(KNOTS), np.diff(KNOTS)
        return low + (high - low) * (transforms - knots[place]) / widths[place]

    def uncorrected(self, probabilities: np.ndarray, places: np.ndarray) -> np.ndarray:
        """The inverse of :meth:`corrected`."""
        if len(self.tables) == 1:
            return np.interp(probabilities, self.tables[0], KNOTS)
        heights = self._heights(places)
        place = np.sum(heights[..., 1:-1] <= probabilities[..., None], axis=-1)
        low, high, place = _between(heights, place)
        knots, widths = np.array(KNOTS), np.diff(KNOTS)
        return knots[place] + widths[place] * (probabilities - low) / (high - low)

    def log_slope(self, transforms: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Logarithm of the derivative of :meth:`corrected`: what the correction adds to a log density."""
        low, high, place = _between(self._heights(places), _bins(transforms))
        return np.log((high - low) / np.diff(KNOTS)[place])

    def _heights(self, places: np.ndarray) -> np.ndarray:
        """(…, K) the row of the table for each place."""
        return np.array(self.tables)[np.searchsorted(self.edges, places, side="right")]


def _bins(transforms: np.ndarray) -> np.ndarray:
    """(…) the number of the interval between two knots."""
    return np.clip(np.searchsorted(KNOTS, transforms, side="right") - 1, 0, len(KNOTS) - 2)


def _between(heights: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(height at the lower knot, at the upper knot, ``place``), all (…)."""
    low = np.take_along_axis(heights, place[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(heights, place[..., None] + 1, axis=-1)[..., 0]
    return low, high, place
