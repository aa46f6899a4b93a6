"""No file of ours holds a number that is not finite: the guard that the writers share."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from harness.errors import InputError


def require_finite(values: Any, what: str) -> None:
    """Refuse an array, (..., T) real or complex, with a value that is not finite.

    Raises
    ------
    InputError
        Naming the first such value, its index and how many there are.
    """
    import numpy as np

    array = np.asarray(values)
    if array.dtype.kind not in "fc":
        return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(map(str, bad[0].tolist()))
        raise InputError(
            f"{what}[{place}] = {array[tuple(bad[0])]}, and {len(bad)} of {array.size} are not finite: not written"
        )


def json_text(value: Any, what: str, indent: int | None = None) -> str:
    """Strict JSON, which has no word for NaN and infinity.

    Raises
    ------
    InputError
        Naming the key of the first number that is not finite.
    """
    try:
        return json.dumps(value, indent=indent, allow_nan=False)
    except ValueError:
        place = _first_bad(value, "")
        raise InputError(f"{what}: {place or 'a value'}, which is not finite: not written") from None


def _first_bad(value: Any, place: str) -> str:
    """ "key.key = nan" for the first float in it that is not finite, "" if there is none."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{place} = {value}"
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, item in items:
        if found := _first_bad(item, f"{place}.{key}" if place else str(key)):
            return found
    return ""
