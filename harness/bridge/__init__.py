"""What the bridges to all production codes share: processes with a limit, entries with a checksum, refusals."""

from typing import Any


def __getattr__(name: str) -> Any:
    from harness.moved import moved_attribute

    if name.startswith("__"):
        raise AttributeError(name)
    return moved_attribute(__name__, name)
