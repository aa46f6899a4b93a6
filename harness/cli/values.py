"""Values on the command line that more than one verb takes: folders to write to, seeds, workers, spans, ranges."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

SEED = click.IntRange(0, 2**63 - 1)
WORKERS = click.IntRange(0, 1024)
CLUSTER = click.IntRange(2, 64)
COUNT = click.IntRange(0, 10**6)
COUNT_FROM_ONE = click.IntRange(1, 10**6)
"""Upper limit of integers on the command line: a number of 400 digits is not a float and has no use."""


class OutFolder(click.Path):
    """A folder to write to; a folder that cannot be made or written is refused before anything is computed."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As in click, with this check."""
        from harness.durable import check_folder

        folder = Path(str(super().convert(value, param, ctx)))
        if ctx is None or not ctx.resilient_parsing:
            check_folder(folder, param.opts[0] if param else "folder")
        return folder


class Span(click.ParamType):
    """A positive, finite number of a unit of time."""

    name = "float"

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """A float above 0."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            self.fail(f"{value!r} is not a number of {self.unit}", param, ctx)
        if not 0 < number < math.inf:
            self.fail(f"{value!r} must be a positive, finite number of {self.unit}", param, ctx)
        return number


class ShiftRange(click.ParamType):
    """Two chemical shifts, ``LOW:HIGH``, in either order."""

    name = "range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """In ascending order."""
        if isinstance(value, tuple):
            return value
        first, colon, second = str(value).partition(":")
        try:
            low, high = sorted((float(first), float(second)))
        except ValueError:
            self.fail(f"{value!r} is not LOW:HIGH in ppm, as 0.8:1.2", param, ctx)
        if not colon or not math.isfinite(low) or not math.isfinite(high) or low == high:
            self.fail(f"{value!r} must be two different, finite shifts LOW:HIGH in ppm, as 0.8:1.2", param, ctx)
        return low, high


FOLDER = OutFolder()
SECONDS = Span("seconds")
HOURS = Span("hours")
SHIFT_RANGE = ShiftRange()
