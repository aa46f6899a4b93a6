"""Several subjects side by side: measured on the same cases, ranked on those that all of them answered."""

from harness.compare.measure import Answered, measure
from harness.compare.ranking import Board, Place, rank

__all__ = ["Answered", "Board", "Place", "measure", "rank"]
