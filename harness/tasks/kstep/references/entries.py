"""Cached answers of GFN2-xTB: one checksummed file for each, under the key of its request.

A request is plain JSON (kind, method, accuracy, elements, geometry as exact float64, …); versions of programs are
provenance and no part of it. A file that is damaged is refused, and never used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.bridge.entry_file import EntryFormat
from harness.bridge.pins import Pins
from harness.bridge.recorded import RecordedEntries

CODE = "xtb"
"""The folder of the user's entries in the cache folder."""
HERE = Path(__file__).parents[1]
PACKAGED = HERE / "answers"


class XtbEntries(RecordedEntries):
    """Reference trajectories, starts and second derivatives: those of the package first, then those of the user."""

    format = EntryFormat("kstep-answer", 2)
    pins = Pins(HERE / "answers.sha256", lambda: PACKAGED)


def exact(array: np.ndarray) -> list[str]:
    """An array of float64 as hexadecimal text, for a request."""
    return [float(value).hex() for value in np.asarray(array).ravel()]
