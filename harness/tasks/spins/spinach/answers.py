"""From an engine's answer, or a cached one, to a trajectory with its provenance."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.spinach.spinach import SpinachCopy
from harness.tasks.spins.systems import Provenance, SpinSystem, Trajectory

TRACE_ROUNDING_HZ = 1e-9
"""Rounding of the trace of a dipolar coupling of some 100 kHz."""


def spinach_details(
    request: Request, answer: Answer, copy: SpinachCopy, way: str, mfiles_sha256: str
) -> dict[str, Any]:
    """The complete record of a Spinach run, as plain JSON values."""
    options = request.options
    return {
        "spinach_commit": copy.commit,
        "spinach_modified": list(copy.modified),
        "engine": answer.engine,
        "engine_version": answer.engine_version,
        "way": way,
        "mfiles_sha256": mfiles_sha256,
        "formalism": options.formalism,
        "approximation": options.approximation,
        "level": options.level,
        "truncated": options.truncated,
        "dimension": answer.dimension,
        "tolerances": {"prop_chop": options.prop_chop},
        "magnet_t": options.magnet_t,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}",
        "stages_wall_s": {stage: wall for stage, (wall, _) in answer.stages.items()},
        "stages_cpu_s": {stage: cpu for stage, (_, cpu) in answer.stages.items()},
    }


def spinach_trajectory(request: Request, answer: Answer, details: dict[str, Any], source: str) -> Trajectory:
    """The answer as a trajectory of method "spinach"; ``source`` is "live" or "cache".

    The provenance holds the offsets and couplings that Spinach really used: :func:`system_used` makes a system of them.
    """
    version = f"{details['spinach_commit']} ({details['engine']} {details['engine_version']})"
    used = {
        "source": source,
        "offsets_used_hz": [float(x) for x in answer.offsets_hz],
        "couplings_used_hz": [[float(x) for x in row] for row in answer.couplings_hz],
    }
    if answer.gyromagnetic_ratios is not None:
        ratios = zip(request.system.isotopes, answer.gyromagnetic_ratios, strict=True)
        used["gyromagnetic_ratios"] = {isotope: float(ratio) for isotope, ratio in ratios}
    provenance = Provenance("spinach", str(details["engine"]), version, {**details, **used})
    return Trajectory.of(request.grid, provenance, answer.m, answer.i1z, answer.spin_signals, answer.spin_polarisations)


def system_used(system: SpinSystem, trajectory: Trajectory) -> SpinSystem:
    """``system`` with the offsets, couplings and gyromagnetic ratios that Spinach really used for ``trajectory``.

    Spinach rounds (see :class:`harness.tasks.spins.spinach.request.SpinachOptions`); agreement with another method to
    rounding has to be tested with this system. For a trajectory without such a record the system is returned as it
    is.
    """
    details = trajectory.provenance.details
    if "offsets_used_hz" not in details:
        return system
    offsets, couplings = (np.array(details[f"{name}_used_hz"]) for name in ("offsets", "couplings"))
    return with_used(system, offsets, couplings, details.get("gyromagnetic_ratios", {}))


def with_used(
    system: SpinSystem, offsets_hz: np.ndarray, couplings_hz: np.ndarray, gyromagnetic_ratios: Mapping[str, float]
) -> SpinSystem:
    """``system`` with these numbers; the gyromagnetic ratios go into its relaxation.

    Where spins relax, couplings are traces of tensors with a dipolar part: a coupling that is zero apart from rounding
    is set to zero, because bases are chosen by couplings.
    """
    if system.relaxation is None:
        return system.with_(offsets_hz=offsets_hz, couplings_hz=couplings_hz)
    nothing = (system.couplings_hz == 0) & (np.abs(couplings_hz) < TRACE_ROUNDING_HZ)
    return system.with_(
        offsets_hz=offsets_hz,
        couplings_hz=np.where(nothing, 0.0, couplings_hz),
        relaxation=replace(system.relaxation, gyromagnetic_ratios=gyromagnetic_ratios),
    )
