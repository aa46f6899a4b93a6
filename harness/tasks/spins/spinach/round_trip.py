"""Whether paths with any letter pass correctly to Octave and back, tested by one request and its result."""

from __future__ import annotations

import os
import tempfile

import numpy as np

from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import exchange
from harness.tasks.spins.spinach.faults import EngineFault, ResultFault
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import SpinSystem, TimeGrid

FOLDER = os.fsdecode("spin-harness räum 'Ωλ' ".encode())
"""Letters of two bytes, spaces and quotes, in the encoding of the file system whatever the locale is."""


def path_fault(octave: OctaveBatch) -> str:
    """Why a request and its result did not pass correctly through a folder of this name; '' if they did."""
    request = Request.of(SpinSystem([30.0], [[0.0]]), TimeGrid(3, 1e-3), ("m",))
    try:
        with (
            tempfile.TemporaryDirectory(prefix=FOLDER) as folder,
            exchange([request], "exact", folder, folder=folder) as files,
        ):
            env = {"HARNESS_REQUEST": str(files.request), "HARNESS_RESULT": str(files.result)}
            done = octave.run_main("harness_main.m", env, limit_s=60.0)
            if done.timed_out or done.status != 0:
                return done.last_message or done.ending
            (answer,) = files.read([request], "Octave")
    except (OSError, EngineFault, ResultFault) as error:
        return " ".join(str(error).split())
    due = np.exp(2j * np.pi * 30.0 * request.grid.times_s)
    if isinstance(answer, Answer) and answer.m is not None and np.allclose(answer.m, due, atol=1e-12):
        return ""
    return f"another answer came back ({' '.join(str(answer).split())[:200]})"
