"""Curves that another group computed with its CUDA program, where a copy of its repository is at hand.

github.com/charlessnider/Spin_Echo_Sim (GPLv3, not shipped), named in the environment variable SPIN_ECHO_SIM_ROOT: nine
curves of 100 × 100 spins with unnormalised Gaussian kernels. Their offsets are not published, so that a comparison is
one of distributions: a curve against the spread of curves with other draws of the same line.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import DrawnOffsets, OffsetLine
from harness.tasks.echo.plan import EchoPlan, Pulse
from harness.tasks.echo.system import EchoSystem

VARIABLE = "SPIN_ECHO_SIM_ROOT"
FOLDER = "example/std_output"
STEPS_BEFORE = 166


@dataclass(frozen=True, eq=False)
class PublishedCurve:
    """One curve: |M| (T,) at the samples of ``plan``, and a system whose offsets are another draw."""

    system: EchoSystem
    plan: EchoPlan
    size: np.ndarray

    def draws(self, count: int) -> list[EchoSystem]:
        """The system with offsets of ``count`` other seeds."""
        return [self.system.with_(offsets=DrawnOffsets(seed, self.system.offsets.line)) for seed in range(count)]  # type: ignore[union-attr]


def published_root() -> Path | None:
    """The copy of the repository, None where the variable names none.

    Raises
    ------
    InputError
        If the variable names a folder without the curves.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    root = Path(named).expanduser()
    if not (root / FOLDER / "real_output1.txt").is_file():
        raise InputError(f"{VARIABLE} = {named!r}: no {FOLDER}/real_output1.txt there; name a copy of Spin_Echo_Sim")
    return root


def published_curves(root: Path) -> list[PublishedCurve]:
    """The nine curves, without the two samples at t = 0 and right after the second pulse.

    Raises
    ------
    InputError
        If the files do not fit each other.
    """
    real, imag = (np.loadtxt(root / FOLDER / f"{part}_output1.txt") for part in ("real", "imag"))
    settings = np.loadtxt(root / "example" / "params" / "echo_params1.txt")
    side, other, dt, _, half_width = np.loadtxt(root / FOLDER / "sim_params1.txt")
    due = 3 * STEPS_BEFORE + 2
    if real.shape != imag.shape or real.shape != (len(settings), due) or side != other:
        raise InputError(f"{root / FOLDER}: {real.shape} numbers, where ({len(settings)}, {due}) are due")
    plan = EchoPlan(STEPS_BEFORE * dt, dt, second=Pulse(180.0, "x"))
    line = OffsetLine("lorentz", 2.0 * half_width)
    sampled = np.delete(np.abs(real + 1j * imag), [0, STEPS_BEFORE + 1], axis=1)
    curves = []
    for row, size in zip(settings, sampled, strict=True):
        alpha_x, alpha_y, _, length, _, *rates = row[:8]
        first, second = row[12:14]
        if alpha_x != alpha_y or any(rates) or abs(first - math.pi / 2) > 1e-6 or abs(second - math.pi) > 1e-6:
            raise InputError(f"{root}: a row of echo_params1.txt is not of the kind that is compared: {row.tolist()}")
        system = EchoSystem(
            2.0 * alpha_x,
            Kernel("gauss", length=length, normalised=False),
            side=int(side),
            offsets=DrawnOffsets(0, line),
        )
        curves.append(PublishedCurve(system, plan, size))
    return curves
