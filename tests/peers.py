"""Peers for tests: asked in child processes only, and a reason to skip that says what happened."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from harness.errors import InputError
from harness.subjects import Answer
from harness.subjects.foreign import CannotStart, ForeignSubject, Made
from harness.tasks.spins.peers import PEERS, start_peer
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

LIMIT_S = 120.0


@cache
def why_not(name: str) -> str:
    """Why a peer cannot be asked here: not installed, another version, or how its process ended; "" if it can."""
    try:
        start_peer(name, LIMIT_S).close()
    except CannotStart as error:
        return error.reason
    except InputError as error:
        return str(error)
    return ""


def need(name: str) -> None:
    """Skip the test unless the peer can be asked."""
    if reason := why_not(name):
        pytest.skip(reason)


def answer(name: str, system: SpinSystem, grid: TimeGrid, **options: Any) -> Answer:
    """What a peer with these options says of a system."""
    need(name)
    subject = start_peer(name, LIMIT_S, **options)
    try:
        return subject.answer(system, grid)
    finally:
        subject.close()


def predicted(name: str, system: SpinSystem, grid: TimeGrid, **options: Any) -> Trajectory:
    """The trajectory of :func:`answer`, which has to be one."""
    found = answer(name, system, grid, **options)
    assert found.trajectory is not None, found.problem
    return found.trajectory


def stock(name: str, spec: str, system: SpinSystem, grid: TimeGrid, **options: Any) -> Trajectory:
    """What an object of the tests, which calls a peer without our driver, says of a system."""
    need(name)
    subject = ForeignSubject.start(Made(spec, options, (name,), PEERS[name].known_as), LIMIT_S)
    try:
        found = subject.answer(system, grid)
    finally:
        subject.close()
    assert found.trajectory is not None, found.problem
    return found.trajectory
