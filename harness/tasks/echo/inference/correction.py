"""What calibration curves correct of a factor: how far it is believed, and its distribution function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KNOTS = (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99, 1.0)
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
    centres
        The place of each group: the middle of what the networks predict for its curves, increasing. Between the centres
        the rows are interpolated: networks that are too wide where they predict small values and too narrow where they
        predict large ones are corrected for both.
    """

    trust: float = 1.0
    tables: tuple[tuple[float, ...], ...] = (KNOTS,)
    centres: tuple[float, ...] = (0.5,)

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
        """(…, K) the row of the table for each place; the same where there is one group."""
        rows = np.array(self.tables)
        if len(rows) == 1:
            return np.broadcast_to(rows[0], (*places.shape, len(KNOTS)))
        position = np.interp(places, self.centres, np.arange(len(rows)))
        below = np.minimum(position.astype(int), len(rows) - 2)
        share = (position - below)[..., None]
        return (1.0 - share) * rows[below] + share * rows[below + 1]


def _bins(transforms: np.ndarray) -> np.ndarray:
    """(…) the number of the interval between two knots."""
    return np.clip(np.searchsorted(KNOTS, transforms, side="right") - 1, 0, len(KNOTS) - 2)


def _between(heights: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(height at the lower knot, at the upper knot, ``place``), all (…)."""
    low = np.take_along_axis(heights, place[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(heights, place[..., None] + 1, axis=-1)[..., 0]
    return low, high, place
