"""The common check of all functions that write files: every number must be finite."""

from __future__ import annotations

from typing import Any

from harness.errors import InputError


def require_finite(values: Any, what: str) -> None:
    """Refuse a number or an array, (..., T) real or complex, with a value that is not finite.

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
        place = f"[{', '.join(map(str, bad[0].tolist()))}]" if array.ndim else ""
        raise InputError(
            f"{what}{place} = {array[tuple(bad[0])]}, and {len(bad)} of {array.size} are not finite: not written"
        )
