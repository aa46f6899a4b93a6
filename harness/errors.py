"""The one exception that users are meant to see."""

from __future__ import annotations

LONGEST = 1200


class InputError(ValueError):
    """Input that cannot be used: one line that names the value, the place and the remedy.

    The command line prints the message and exits with status 2; pytest turns it into a usage error (status 4).
    Nothing that was computed before is lost. A longer message than :data:`LONGEST` characters is cut in its middle: the
    value that it quotes may be anything.
    """

    def __str__(self) -> str:
        text = super().__str__()
        return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 4 :]}"
