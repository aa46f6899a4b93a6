"""The samples of a Bruker ``fid``: pairs of real and imaginary part, stored as acqus describes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker_parameters import Parameters

BLOCK_BYTES = 1024
"""Older software fills the last block of a file with zeros: these are no samples."""

_ORDERS = {0: "<", 1: ">"}
_TYPES = {0: "i4", 2: "f8"}
_COMPLEX_MODES = (1, 3)
_OTHER_MODES = {0: "one channel (qf)", 2: "sequential acquisition (qseq)"}


def read_samples(path: Path, parameters: Parameters) -> np.ndarray:
    """(TD/2,) complex128, in the order in which they were measured, largest component scaled to 1.

    Facts taken from the parameters, none guessed: AQ_mod, TD, DTYPA (0: 32-bit integers, 2: 64-bit floats) and BYTORDA
    (0: little endian, 1: big endian).

    Raises
    ------
    InputError
        For a way of acquisition or storage that is not read, a file that is shorter or longer than TD states, a sample
        that is not finite, or nothing but zeros.
    """
    place = repr(str(path))
    mode = parameters.whole("AQ_mod")
    if mode not in _COMPLEX_MODES:
        words = _OTHER_MODES.get(mode, "an unknown mode of acquisition")
        raise InputError(
            f"{parameters.place}: AQ_mod = {mode}, {words}, is not supported: only 1 (qsim) and 3 (DQD) are, where "
            "real and imaginary part are measured at the same time"
        )
    stored = _one_of(parameters, "BYTORDA", _ORDERS) + _one_of(parameters, "DTYPA", _TYPES)
    count = parameters.whole("TD")
    if count < 2 or count % 2:
        raise InputError(f"{parameters.place}: TD = {count} must be even and at least 2: real and imaginary parts")
    numbers = np.frombuffer(_content(path, place, count, np.dtype(stored).itemsize), stored, count).astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        raise InputError(f"{place}: complex sample {bad[0] // 2} (from 0) holds {numbers[bad[0]]}, which is not finite")
    largest = float(np.max(np.abs(numbers)))
    if largest == 0:
        raise InputError(f"{place}: every one of the {count // 2} samples is zero")
    return (numbers / largest).view(np.complex128)


def _one_of(parameters: Parameters, name: str, known: dict[int, str]) -> str:
    value = parameters.whole(name)
    if value not in known:
        raise InputError(f"{parameters.place}: {name} = {value} is not read (read are {' and '.join(map(str, known))})")
    return known[value]


def _content(path: Path, place: str, count: int, size: int) -> bytes:
    """The bytes of the file, which begins with ``count`` numbers; a padded last block may follow, nothing else."""
    due = count * size
    padded = -(-due // BLOCK_BYTES) * BLOCK_BYTES
    try:
        there = path.stat().st_size
        if there in (due, padded):
            return path.read_bytes()
    except OSError as error:
        raise InputError(f"{place}: cannot be read ({error.strerror})") from None
    fault = "the file is cut short" if there < due else "it is not known which of them are the measurement"
    raise InputError(f"{place}: {there} bytes where TD = {count} makes {due} ({size} each): {fault}")
