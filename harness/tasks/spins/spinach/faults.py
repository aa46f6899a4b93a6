"""What can go wrong between Python and an engine; all of it is shown to users in one line."""

from __future__ import annotations

from harness.errors import InputError


class EngineFault(InputError):
    """An engine could not be started, died, or did not answer in time."""


class MFileError(InputError):
    """An m-file raised an error; the message carries its file and line.

    ``where`` is the call stack, innermost first, one "file:line (function)" per line.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


class ResultFault(InputError):
    """An engine answered, but not with what was asked for: NaN, a wrong length, complex numbers where real are due."""
