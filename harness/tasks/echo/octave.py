"""The independent program ``matlab/harness_echo.m``, run by GNU Octave in a child process."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.bridge.process import Finished, run_limited
from harness.errors import InputError
from harness.resources import shared_folder
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.simulate import refuse_unsupported
from harness.tasks.echo.system import CARRIER, EchoSystem

VARIABLE = "HARNESS_OCTAVE"
FLAGS = ("--no-gui", "--quiet", "--norc", "--no-history")
START_LIMIT_S = 60.0
LIMIT_S = 600.0
LARGEST_SIDE = 64
"""The sums over the lattice are dense: 64 × 64 spins need 134 MB."""
REMEDY = f"install Octave (apt-get install octave), or name it in {VARIABLE}"


class OctaveFault(InputError):
    """Octave is missing, failed, or gave no answer in time."""


@dataclass(frozen=True)
class Octave:
    """Whether Octave can be started here: its version, or the reason why not in one line."""

    version: str = ""
    reason: str = ""

    @property
    def usable(self) -> bool:
        """True if it answered."""
        return bool(self.version)


def probe() -> Octave:
    """Start Octave once with ``--version``."""
    path = shutil.which(_executable())
    if path is None:
        return Octave(reason=f"{_executable()} is not on the path: {REMEDY}")
    try:
        done = run_limited([path, "--version"], START_LIMIT_S)
    except OSError as error:
        return Octave(reason=f"{path} cannot be started ({error.strerror}): {REMEDY}")
    found = re.search(r"version (\d+\.\d+(\.\d+)?)", done.stdout)
    if done.status != 0 or found is None:
        return Octave(reason=f"{path} --version gave no version ({done.ending}): {REMEDY}")
    return Octave(version=found[1])


def simulate_octave(systems: Sequence[EchoSystem], plan: EchoPlan, limit_s: float = LIMIT_S) -> tuple[np.ndarray, str]:
    """M(t) of every system, (n, T) complex128, and the program with its version.

    Raises
    ------
    InputError
        For a lattice beyond 64 × 64 spins, or a scheme that the coupling does not admit.
    OctaveFault
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
        done = _run({"HARNESS_REQUEST": str(request), "HARNESS_RESULT": str(result)}, limit_s)
        if done.timed_out:
            raise OctaveFault(f"Octave gave no answer within {limit_s:g} s and was killed")
        if not result.is_file():
            raise OctaveFault(f"Octave ended early ({done.ending}): {done.last_message or 'no message'}")
        answer = loadmat(result)
    return answer["real"] + 1j * answer["imag"], str(answer["engine"][0])


def _executable() -> str:
    return os.environ.get(VARIABLE) or "octave-cli"


def _run(env: dict[str, str], limit_s: float) -> Finished:
    """Run the entry script; its arguments come in the environment, so that no name is part of a command line."""
    threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    try:
        return run_limited(
            [_executable(), *FLAGS, "harness_echo_main.m"], limit_s, shared_folder("matlab"), env | threads
        )
    except OSError as error:
        raise OctaveFault(f"{_executable()} cannot be started ({error.strerror}): {REMEDY}") from None


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
