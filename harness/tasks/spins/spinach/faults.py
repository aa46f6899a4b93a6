"""Errors between Python and an engine of Spinach; all of it is shown to users in one line."""

from __future__ import annotations

from harness.bridge.engine import EngineFault, ResultFault
from harness.errors import InputError

__all__ = ["EngineFault", "MFileError", "ResultFault"]


class MFileError(InputError):
    """An m-file raised an error; the message carries its file and line.

    ``where`` is the call stack, innermost first, one "file:line (function)" per line.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where
