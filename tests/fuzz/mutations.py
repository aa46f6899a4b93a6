"""Malformed versions of well-formed text, each from its own seed."""

from __future__ import annotations

import os
import random
import re

EACH = int(os.environ.get("HARNESS_FUZZ_EACH", "60"))
"""Inputs per kind; 625 make the 10,000 of a night: HARNESS_FUZZ_EACH=625 pytest tests/fuzz."""

HOSTILE = (
    "nan", "inf", "-inf", "1e999", "-1", "0", "99999999999999999999", "1e-400", "true", "null", '""', "[]", "{}",
    "[[]]", '"\\u0000"', "'; system('true'); '", "../../etc/passwd", "é\u202e", "\t", "[" * 2000, "{" * 500,
    '"' + "x" * 5000 + '"',
    "[[1.0, 2.0], [3.0]]", "1970-01-01", "0x1F", "=", "\\", "# ", '"""', "\r\n",
)  # fmt: skip


def mutated(text: str, seed: int) -> bytes:
    """``text`` with one to four faults; never equal to it."""
    generator = random.Random(seed)
    original = text.encode()
    while True:
        content = original
        for _ in range(generator.choice((1, 1, 1, 2, 4))):
            content = generator.choice(FAULTS)(content, generator)
        if content != original:
            return content


def _cut(content: bytes, generator: random.Random) -> bytes:
    return content[: generator.randrange(len(content) + 1)]


def _flip(content: bytes, generator: random.Random) -> bytes:
    if not content:
        return b"\xff"
    place = generator.randrange(len(content))
    return content[:place] + bytes([generator.randrange(256)]) + content[place + 1 :]


def _drop(content: bytes, generator: random.Random) -> bytes:
    start = generator.randrange(len(content) + 1)
    return content[:start] + content[start + generator.randrange(1, 30) :]


def _insert(content: bytes, generator: random.Random) -> bytes:
    place = generator.randrange(len(content) + 1)
    return content[:place] + generator.choice(HOSTILE).encode() + content[place:]


def _value(content: bytes, generator: random.Random) -> bytes:
    """Another value in place of a number or string."""
    text = content.decode("utf-8", "replace")
    places = list(re.finditer(r'-?\d+\.?\d*(?:e-?\d+)?|"[^"\n]*"', text))
    if not places:
        return _insert(content, generator)
    chosen = generator.choice(places)
    return (text[: chosen.start()] + generator.choice(HOSTILE) + text[chosen.end() :]).encode("utf-8", "replace")


def _line(content: bytes, generator: random.Random) -> bytes:
    """A line twice, or gone, or moved."""
    lines = content.split(b"\n")
    place = generator.randrange(len(lines))
    line = lines.pop(place)
    copies = generator.choice((0, 1, 2))
    for _ in range(copies):
        lines.insert(generator.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _word(content: bytes, generator: random.Random) -> bytes:
    """A key or word misspelt."""
    words = list(re.finditer(rb"[A-Za-z_]{3,}", content))
    if not words:
        return _flip(content, generator)
    chosen = generator.choice(words)
    return content[: chosen.start()] + chosen[0][::-1] + content[chosen.end() :]


FAULTS = (_cut, _flip, _drop, _insert, _value, _value, _line, _word)
