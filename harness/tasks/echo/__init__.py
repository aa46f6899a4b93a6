"""Spin echoes of a coupled lattice: simulate M(t), and infer the couplings from it."""

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
