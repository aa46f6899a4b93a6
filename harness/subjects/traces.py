"""Tracebacks of foreign subjects, kept as files beside the report, for a problem has one line only."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = "tracebacks"


def keep(run: Path | None, text: str) -> str:
    """Write ``text`` into the folder of a run and say where: " (traceback: tracebacks/….txt)".

    The name comes from the text, so that one fault in many cases is one file. "" where there is no text or no run; a
    folder that cannot be written to is said instead, for it must not end the run.
    """
    if run is None or not text:
        return ""
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
    try:
        (run / FOLDER).mkdir(exist_ok=True)
        (run / FOLDER / name).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        return f" (its traceback could not be kept: {error.strerror})"
    return f" (traceback: {FOLDER}/{name})"
