"""Relaxation in a request file: the fields that ``matlab/harness_spinach.m`` reads, in the units of Spinach."""

from __future__ import annotations

from typing import Any

from harness.tasks.spins.spinach.request import Request


def relaxation_job(request: Request) -> dict[str, Any]:
    """The fields of a job for the relaxation of its spins; none where they do not relax."""
    relaxation, options = request.system.relaxation, request.options
    if relaxation is None:
        return {}
    job: dict[str, Any] = {
        "relaxation": relaxation.model,
        "rlx_keep": relaxation.rlx_keep,
        "equilibrium": relaxation.equilibrium,
        "rlx_integration": options.rlx_integration,
        "rlx_zero": options.rlx_zero,
    }
    given = {
        "temperature_k": relaxation.temperature_k,
        "damp_rate": relaxation.damp_rate_per_s,
        "tau_c_s": relaxation.tau_c_s,
        "r1_rates": relaxation.r1_per_s,
        "r2_rates": relaxation.r2_per_s,
        "positions": relaxation.positions_angstrom,
        "csa_ppm": None if relaxation.csa_ppm is None else relaxation.csa_ppm.reshape(-1, 9),
    }
    return job | {name: value for name, value in given.items() if value is not None}
