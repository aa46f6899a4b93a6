"""The independent program ``matlab/harness_echo.m``, run by GNU Octave in a child process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.bridge.drivers import Availability
from harness.bridge.faults import EngineFault
from harness.bridge.octave_batch import OctaveBatch
from harness.errors import InputError
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.simulate import refuse_unsupported
from harness.tasks.echo.system import CARRIER, EchoSystem

LIMIT_S = 600.0
LARGEST_SIDE = 64
"""The sums over the lattice are dense: 64 × 64 spins need 134 MB."""


def probe() -> Availability:
    """Whether Octave can be started here, with the reason where it cannot."""
    return OctaveBatch().probe()


def simulate_octave(
    systems: Sequence[EchoSystem], plan: EchoPlan, limit_s: float = LIMIT_S
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
        env = {"HARNESS_REQUEST": str(request), "HARNESS_RESULT": str(result)}
        done = OctaveBatch().run_main("harness_echo_main.m", env, limit_s)
        if done.timed_out:
            raise EngineFault(f"Octave gave no answer within {limit_s:g} s and was killed")
        if not result.is_file():
            raise EngineFault(f"Octave ended early ({done.ending}): {done.last_words or 'no message'}")
        answer = loadmat(result)
    return answer["real"] + 1j * answer["imag"], str(answer["engine"][0])


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
