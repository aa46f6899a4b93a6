"""The only exception intended for users."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 1200
LONGEST_NAME = 60
LONGEST_VALUE = 200
LONGEST_NUMBER_BITS = 200


class InputError(ValueError):
    """Input that cannot be used: one line that names the value, the place and the remedy.

    The command line prints the message and exits with status 2; pytest turns it into a usage error (status 4).
    Results that were computed before are not lost. A message longer than :data:`LONGEST` characters is cut in its
    middle, because the value that it quotes can be of any length.
    """

    def __str__(self) -> str:
        text = super().__str__()
        return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 4 :]}"


def nearest(name: str, names: Iterable[str]) -> str:
    """The words ": did you mean 'alanine'?" if one of ``names`` is similar to ``name`` (ignoring case), else "".

    The end of a message about an unknown name, before the list of the known ones.
    """
    known = {word.casefold(): word for word in names}
    found = get_close_matches(str(name)[:LONGEST_NAME].casefold(), known, n=1)
    return f": did you mean {known[found[0]]!r}?" if found else ""


def shown(value: object) -> str:
    """``repr`` of a value for a message, whatever it is: an integer of many digits, which Python refuses to write out,
    by its length, and anything long cut in its middle."""
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS:
        return f"a whole number of {value.bit_length()} bits"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE // 2]} … {text[-LONGEST_VALUE // 4 :]}"


def article(value: object) -> str:
    """The type of a value in a sentence: "a list", "an int"."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
