"""Subjects that behave well or badly in one way each; every one is right but for its fault."""

from __future__ import annotations

import os
import signal
import sys
import time

import numpy as np


def right(system, grid):
    """M of uncoupled spins and a constant I1z."""
    t = np.arange(grid.points) * grid.dt_s
    m = np.mean([np.exp(2j * np.pi * f * t) for f in system.offsets_hz], axis=0)
    return {"mx": m.real, "my": m.imag, "i1z": np.ones(grid.points)}


def as_array(system, grid):
    predicted = right(system, grid)
    return np.stack([predicted["mx"], predicted["my"], predicted["i1z"]])


def single_precision(system, grid):
    return {key: value.astype(np.float32) for key, value in right(system, grid).items()}


def without_i1z(system, grid):
    return {"mx": right(system, grid)["mx"], "my": right(system, grid)["my"]}


def raises(system, grid):
    raise ValueError("no such\nluck")


def raises_once_on_three(system, grid):
    if len(system.offsets_hz) == 3:
        raise ValueError("three is too many")
    return right(system, grid)


def hangs(system, grid):
    if len(system.offsets_hz) == 3:
        time.sleep(600)
    return right(system, grid)


def dies(system, grid):
    if len(system.offsets_hz) == 3:
        os._exit(3)
    return right(system, grid)


def leaves(system, grid):
    sys.exit("goodbye")


def not_a_number(system, grid):
    predicted = right(system, grid)
    predicted["mx"][17] = np.nan
    return predicted


def infinite(system, grid):
    return right(system, grid) | {"i1z": np.full(grid.points, np.inf)}


def wrong_shape(system, grid):
    return right(system, grid) | {"my": np.zeros(grid.points + 1)}


def wrong_dtype(system, grid):
    return right(system, grid) | {"mx": right(system, grid)["mx"].astype(complex)}


def integers(system, grid):
    return right(system, grid) | {"i1z": np.ones(grid.points, int)}


def words(system, grid):
    return right(system, grid) | {"i1z": ["one"] * grid.points}


def nothing(system, grid):
    return None


def half_of_m(system, grid):
    return {"mx": right(system, grid)["mx"]}


def unknown_key(system, grid):
    return right(system, grid) | {"mz": np.zeros(grid.points)}


def mutates(system, grid):
    predicted = right(system, grid)
    system.offsets_hz.flags.writeable = True
    system.offsets_hz[:] = 0.0
    return predicted


def replaces(system, grid):
    predicted = right(system, grid)
    object.__setattr__(system, "couplings_hz", np.zeros_like(system.couplings_hz))
    return predicted


def writes_to_read_only(system, grid):
    system.offsets_hz[0] = 1.0


def prints(system, grid):
    print("x" * 100_000)
    sys.stdout.flush()
    os.write(1, b"raw bytes on stdout" * 100)
    return right(system, grid)


class Batched:
    """predict in batches; counts its calls in ``version``."""

    version = "2.5"

    def predict(self, systems, grid):
        return [right(system, grid) for system in systems]


class TooFew(Batched):
    def predict(self, systems, grid):
        return [right(system, grid) for system in systems][:-1]


class BatchesFail(Batched):
    def predict(self, systems, grid):
        if len(systems) > 1:
            raise MemoryError("one at a time, please")
        return super().predict(systems, grid)


class Simulates:
    def simulate(self, system, grid):
        return right(system, grid)


class NeedsArguments:
    def __init__(self, something):
        self.something = something


number = 42


def crashes(system, grid):
    os.kill(os.getpid(), signal.SIGSEGV)
