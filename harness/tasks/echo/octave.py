"""The independent program ``matlab/harness_echo.m``, run by GNU Octave in a child process."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.bridge.engine import START_LIMIT_S, Availability, EngineFault
from harness.bridge.process import Finished, RunningProcess, run_limited
from harness.bridge.recorded import Recorded, Request
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.echo.codec import plan_from_json, plan_to_json, system_from_json, system_to_json
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.simulate import refuse_unsupported
from harness.tasks.echo.system import CARRIER, EchoSystem

VARIABLE = "HARNESS_OCTAVE"
FLAGS = ("--no-gui", "--quiet", "--norc", "--no-history")
LIMIT_S = 600.0
LARGEST_SIDE = 64
"""The sums over the lattice are dense: 64 × 64 spins need 134 MB."""
REMEDY = f"install Octave (apt-get install octave), or name it in {VARIABLE}"


PROGRAM = "harness_echo 1"
"""Raised whenever the program gives other numbers for the same job: part of every request."""


class OctaveProgram:
    """Engine "octave": one process of GNU Octave for each request."""

    name = "octave"

    def __init__(self) -> None:
        self._running = RunningProcess()

    def probe(self) -> Availability:
        """Start it once with ``--version``."""
        return probe()

    def run(self, request: Request, limit_s: float = LIMIT_S) -> Recorded:
        """M(t) as arrays "mx" and "my", (T,) float64.

        Raises
        ------
        EngineFault
            If Octave cannot be started, fails, or gives no result in time.
        """
        system, plan = asked_of(request)
        begun = time.perf_counter()
        curves, engine = simulate_octave([system], plan, limit_s, self._running)
        arrays = {"mx": np.real(curves[0]), "my": np.imag(curves[0])}
        return Recorded(request, arrays, {"version": engine, "seconds": time.perf_counter() - begun})

    def close(self) -> None:
        """Nothing is stored."""

    def abort(self) -> None:
        """Kill the process that runs, if any."""
        self._running.kill()


def request_of(system: EchoSystem, plan: EchoPlan) -> Request:
    """The request for the curve of a system under a plan: everything that the curve depends on, and nothing else."""
    described = {key: value for key, value in system_to_json(system).items() if key != "name"}
    return Request({"program": PROGRAM, "system": described, "plan": plan_to_json(plan)}, system.name)


def asked_of(request: Request) -> tuple[EchoSystem, EchoPlan]:
    """The inverse of :func:`request_of`."""
    return system_from_json(request.fields["system"]), plan_from_json(request.fields["plan"])


def probe() -> Availability:
    """Start Octave once with ``--version``."""
    path = shutil.which(_executable())
    if path is None:
        return Availability(False, reason=f"{_executable()} is not on the path: {REMEDY}")
    try:
        done = run_limited([path, "--version"], START_LIMIT_S)
    except OSError as error:
        return Availability(False, reason=f"{path} cannot be started ({error.strerror}): {REMEDY}")
    found = re.search(r"version (\d+\.\d+(\.\d+)?)", done.stdout)
    if done.status != 0 or found is None:
        return Availability(False, reason=f"{path} --version gave no version ({done.ending}): {REMEDY}")
    return Availability(True, found[1])


def simulate_octave(
    systems: Sequence[EchoSystem], plan: EchoPlan, limit_s: float = LIMIT_S, running: RunningProcess | None = None
) -> tuple[np.ndarray, str]:
    """M(t) of every system, (n, T) complex128, and the program with its version.

    Raises
    ------
    InputError
        For a lattice beyond 64 × 64 spins, or a scheme that the coupling does not admit.
    EngineFault
        If Octave cannot be started, fails, or gives no answer within ``limit_s``.
    """
    from scipy.io import loadmat, savemat

    refuse_unsupported(systems, plan)
    for system in systems:
        if system.side > LARGEST_SIDE:
            raise InputError(
                f"{system.name}: {system.side} spins along an edge; the Octave program takes at most {LARGEST_SIDE}"
            )
    jobs = np.empty(len(systems), dtype=object)
    jobs[:] = [_job(system, plan) for system in systems]
    with tempfile.TemporaryDirectory(prefix="harness-echo-") as folder:
        request, result = Path(folder) / "request.mat", Path(folder) / "result.mat"
        savemat(request, {"jobs": jobs})
        done = _run({"HARNESS_REQUEST": str(request), "HARNESS_RESULT": str(result)}, limit_s, running)
        if done.timed_out:
            raise EngineFault(f"Octave gave no answer within {limit_s:g} s and was killed")
        if not result.is_file():
            raise EngineFault(f"Octave ended early ({done.ending}): {done.last_message or 'no message'}")
        answer = loadmat(result)
    return answer["real"] + 1j * answer["imag"], str(answer["engine"][0])


def _executable() -> str:
    return os.environ.get(VARIABLE) or "octave-cli"


def _run(env: dict[str, str], limit_s: float, running: RunningProcess | None) -> Finished:
    """Run the entry script; its arguments come in the environment, so that no name is part of a command line."""
    threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    try:
        return run_limited(
            [_executable(), *FLAGS, "harness_echo_main.m"], limit_s, shared_folder("matlab"), env | threads, running
        )
    except OSError as error:
        raise EngineFault(f"{_executable()} cannot be started ({error.strerror}): {REMEDY}") from None


def _job(system: EchoSystem, plan: EchoPlan) -> dict[str, Any]:
    """The fields that harness_echo.m describes; numbers as doubles."""
    return {
        "offsets": system.offset_values(),
        "strength": system.strength,
        "kernel": system.kernel.family,
        "length": system.kernel.length,
        "exponent": system.kernel.exponent,
        "normalised": float(system.kernel.normalised),
        "dissipation": system.dissipation,
        "coupling": system.coupling,
        "carrier": CARRIER,
        "dt": plan.dt,
        "samples_before": float(plan.pulse_sample + 1),
        "steps_per_sample": float(plan.steps_per_sample),
        "scheme": plan.scheme,
        "first_deg": plan.first.angle_deg,
        "first_axis": plan.first.axis,
        "second_deg": plan.second.angle_deg,
        "second_axis": plan.second.axis,
    }
