"""The largest memory of a prediction: a larger one is refused before anything is allocated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.errors import InputError

LARGEST_BYTES = 2_000_000_000
"""Largest memory of one prediction: less than the free memory of any machine that runs the rest of the harness."""


def require_few_bytes(
    name: str, systems: Sequence[Any], grid: Any, bytes_of: Callable[[Sequence[Any]], float], instead: str
) -> None:
    """Refuse a prediction that needs too much memory; ``bytes_of`` gives the bytes for some systems on the grid.

    ``instead`` is the advice if a single system already needs too much.

    Raises
    ------
    InputError
        If a prediction needs more than ``LARGEST_BYTES``; the message names the bytes and what to do instead.
    """
    needed = bytes_of(systems)
    if needed <= LARGEST_BYTES:
        return
    remedy = instead
    if bytes_of(systems[:1]) <= LARGEST_BYTES:
        remedy = f"predict fewer than {len(systems)} systems at once"
    raise InputError(
        f"{name} needs about {needed:.3g} bytes for {len(systems)} systems on {grid.points} points of "
        f"{grid.step:g} {grid.unit}, more than the {LARGEST_BYTES:.3g} that it may take: {remedy}"
    )
