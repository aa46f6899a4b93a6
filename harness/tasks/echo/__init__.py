"""Spin echoes of a coupled lattice: simulate M(t), and infer the couplings from it.

The names are imported when they are used: looking up the task of a reference must take almost no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.tasks.echo.kernels import Kernel
    from harness.tasks.echo.offsets import DrawnOffsets, GivenOffsets, OffsetLine
    from harness.tasks.echo.plan import CHALLENGE, CONVERGED, EchoPlan, Pulse
    from harness.tasks.echo.system import EchoSystem

__all__ = [
    "CHALLENGE",
    "CONVERGED",
    "DrawnOffsets",
    "EchoPlan",
    "EchoSystem",
    "GivenOffsets",
    "Kernel",
    "OffsetLine",
    "Pulse",
]

_HOMES = {
    "Kernel": "kernels",
    "DrawnOffsets": "offsets",
    "GivenOffsets": "offsets",
    "OffsetLine": "offsets",
    "EchoSystem": "system",
}


def __getattr__(name: str) -> Any:
    """The name, from the module that defines it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'plan')}"), name)
