"""The parameter file of a Bruker experiment (``acqus``): JCAMP-DX records, of which a few numbers are needed.

Text between the numbers (owner, title, file names) is in whatever encoding the console had: it is decoded byte by byte
as Latin-1, which takes every byte, and no number depends on it. A record begins with ``##`` at the start of a line and
may go on over several; lines that begin with ``$$`` are comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"[+-]?\d{1,15}")


@dataclass(frozen=True)
class Parameters:
    """Values by name, as they are written; ``place`` is the path of the file for messages.

    A name has several values only if the file states it several times, each differently.
    """

    place: str
    values: Mapping[str, tuple[str, ...]]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def raw(self, name: str) -> str:
        """The value of a parameter that must be there.

        Raises
        ------
        InputError
            If it is missing, or there twice with different values.
        """
        if name not in self.values:
            raise InputError(f"{self.place}: parameter {name} is missing, and no other parameter replaces it")
        first, *others = self.values[name]
        if others:
            raise InputError(f"{self.place}: {name} is there twice, as {first!r} and {others[0]!r}; keep one")
        return first

    def number(self, name: str) -> float:
        """A finite number; :class:`InputError` names the parameter."""
        text = self.raw(name).partition("$$")[0].strip()
        if not _NUMBER.fullmatch(text) or not abs(float(text)) < float("inf"):
            raise InputError(f"{self.place}: {name} = {text[:40]!r} must be a finite number")
        return float(text)

    def positive(self, name: str) -> float:
        """A number above zero."""
        value = self.number(name)
        if not value > 0:
            raise InputError(f"{self.place}: {name} = {value!r} must be a positive number")
        return value

    def whole(self, name: str) -> int:
        """A whole number."""
        text = self.raw(name).partition("$$")[0].strip()
        if not _WHOLE.fullmatch(text):
            raise InputError(f"{self.place}: {name} = {text[:40]!r} must be a whole number")
        return int(text)

    def text(self, name: str) -> str:
        """A string without its angle brackets; '' if it is missing or empty (``<>``, ``<off>``)."""
        if name not in self.values:
            return ""
        found = self.raw(name).removeprefix("<").partition(">")[0].strip()
        return "" if found.lower() == "off" else found


def read_parameters(path: Path) -> Parameters:
    """The parameters of a file.

    Raises
    ------
    InputError
        If it cannot be read, or holds no parameter at all.
    """
    place = repr(str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{place}: cannot be read ({error.strerror})") from None
    if b"\0" in content:
        raise InputError(f"{place}: holds null bytes, as UTF-16 or binary data do; a parameter file is plain text")
    values: dict[str, tuple[str, ...]] = {}
    text = content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    for record in re.split(r"(?m)^##", text)[1:]:
        name, _, value = record.partition("=")
        name = name.strip().removeprefix("$")
        lines = [line for line in value.split("\n") if not line.startswith("$$")]
        text = "\n".join(lines).strip()
        if text not in values.get(name, ()):
            values[name] = (*values.get(name, ()), text)
    if not values:
        raise InputError(f"{place}: no line begins with '##': this is not a parameter file of a Bruker experiment")
    return Parameters(place, values)
