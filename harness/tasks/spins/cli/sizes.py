"""Numbers of spins on the command line."""

from __future__ import annotations

from harness.errors import InputError, shown

MOST_SPINS = 1000


def numbers(text: str, where: str) -> tuple[int, ...]:
    """Numbers of spins separated by commas.

    Raises
    ------
    InputError
        If there is anything else in the text.
    """
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{where} {shown(text)}: write whole numbers with commas, e.g. 4,6,8") from None
    if not all(1 <= number <= MOST_SPINS for number in found):
        raise InputError(f"{where} {shown(text)}: every number of spins must be from 1 to {MOST_SPINS}")
    return found
