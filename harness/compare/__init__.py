"""Comparison of several subjects: measured on the same cases, ranked on the cases that all of them answered."""

from harness.compare.measure import Answered, measure
from harness.compare.ranking import Board, Place, rank

__all__ = ["Answered", "Board", "Place", "measure", "rank"]
