"""Tracebacks of foreign subjects, stored as files next to the report, because a problem has only one line."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = "tracebacks"


def keep(run: Path | None, text: str) -> str:
    """Write ``text`` into the folder of a run and return where: " (traceback: tracebacks/….txt)".

    The name is computed from the text, so that one fault in many cases gives one file. The result is "" if there is no
    text or no run. If the folder is not writable, the result states this instead, because this must not end the run.
    """
    if run is None or not text:
        return ""
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
    try:
        (run / FOLDER).mkdir(exist_ok=True)
        (run / FOLDER / name).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        return f" (its traceback could not be stored: {error.strerror})"
    return f" (traceback: {FOLDER}/{name})"
