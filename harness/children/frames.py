"""Frames (a length of 8 bytes, big-endian, then one JSON object of this length), and the child's side of the pipes."""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

HEAD_BYTES = 8


def private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """(source, sink) of frames: the original stdin and stdout; afterwards stdin is empty and stdout goes to stderr.

    Called before any foreign code is imported, so that its input and output are not mixed with frames. After a fatal
    signal the Python stack is printed to stderr.
    """
    faulthandler.enable()
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one may have read ahead
    return source, sink


def frame(message: Mapping[str, Any]) -> bytes:
    """The bytes of a message; raises :class:`ValueError` for numbers that are not finite."""
    payload = json.dumps(message, allow_nan=False).encode()
    return len(payload).to_bytes(HEAD_BYTES, "big") + payload


def send_frame(sink: BinaryIO, message: Mapping[str, Any], raw: bytes = b"") -> None:
    """Write one message, and the raw numbers that it announces."""
    sink.write(frame(message) + raw)
    sink.flush()


def receive_frame(source: BinaryIO) -> Any:
    """The next message of the main process, None at the end."""
    head = source.read(HEAD_BYTES)
    return json.loads(source.read(int.from_bytes(head, "big"))) if len(head) == HEAD_BYTES else None
