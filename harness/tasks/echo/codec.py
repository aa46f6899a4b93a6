"""Systems and plans as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.errors import InputError
from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import DrawnOffsets, GivenOffsets, OffsetLine
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.system import EchoSystem

SYSTEM_KEYS = ("strength", "kernel", "dissipation", "side", "coupling", "offsets")


def system_to_json(system: EchoSystem) -> dict[str, Any]:
    """Every field; given offsets as rows of numbers in units of γ."""
    offsets = system.offsets
    return {
        "name": system.name,
        "strength": system.strength,
        "kernel": asdict(system.kernel),
        "dissipation": system.dissipation,
        "side": system.side,
        "coupling": system.coupling,
        "offsets": offsets.array.tolist() if isinstance(offsets, GivenOffsets) else asdict(offsets),
    }


def system_from_json(values: Mapping[str, Any]) -> EchoSystem:
    """The inverse of :func:`system_to_json`.

    Raises
    ------
    InputError
        For a missing key or an invalid value.
    """
    missing = [key for key in SYSTEM_KEYS if key not in values]
    if missing:
        raise InputError(f"echo system: {', '.join(missing)} missing (needed: {', '.join(SYSTEM_KEYS)})")
    try:
        offsets = values["offsets"]
        drawn = (
            DrawnOffsets(**{**offsets, "line": OffsetLine(**offsets["line"])}) if isinstance(offsets, Mapping) else None
        )
        return EchoSystem(
            values["strength"],
            Kernel(**values["kernel"]),
            values["dissipation"],
            values["side"],
            values["coupling"],
            GivenOffsets(list(offsets)) if drawn is None else drawn,
            str(values.get("name", "")),
        )
    except (TypeError, KeyError) as error:
        raise InputError(f"echo system: {' '.join(str(error).split())}") from None


def plan_to_json(plan: EchoPlan) -> dict[str, Any]:
    """Every field."""
    return plan.as_dict()


def plan_from_json(values: Mapping[str, Any]) -> EchoPlan:
    """The inverse of :func:`plan_to_json`.

    Raises
    ------
    InputError
        For an unknown key or an invalid value.
    """
    try:
        return EchoPlan.from_dict(values)
    except TypeError as error:
        raise InputError(f"echo plan: {' '.join(str(error).split())}") from None
