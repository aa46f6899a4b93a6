"""The one exception that users are meant to see."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 1200
LONGEST_NAME = 60


class InputError(ValueError):
    """Input that cannot be used: one line that names the value, the place and the remedy.

    The command line prints the message and exits with status 2; pytest turns it into a usage error (status 4).
    Nothing that was computed before is lost. A longer message than :data:`LONGEST` characters is cut in its middle: the
    value that it quotes may be anything.
    """

    def __str__(self) -> str:
        text = super().__str__()
        return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 4 :]}"


def nearest(name: str, names: Iterable[str]) -> str:
    """The words ": did you mean 'alanine'?" if one of ``names`` is spelled nearly like ``name`` in any case, else "".

    The end of a message about an unknown name, before the list of the known ones.
    """
    known = {word.casefold(): word for word in names}
    found = get_close_matches(str(name)[:LONGEST_NAME].casefold(), known, n=1)
    return f": did you mean {known[found[0]]!r}?" if found else ""
