"""Line positions and splittings in Hz that a fit to the subject's FID would report instead of the true ones.

30 ms of signal have a resolution of 33 Hz: no peak picker can find a splitting of 7 Hz in them, but a fit can. Near the
truth p, least squares on the subject's M moves the parameters by one Gauss-Newton step,

    δp = argmin ‖ ∂M/∂p · δp - (M_subject - M_truth) ‖₂,

with p the offset of every group of equal spins and the coupling between every two groups (couplings inside a group have
no effect on M). Derivatives are central differences of the exact M, exact to O(step²). A parameter that M does not
depend on moves by zero (least norm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.task import Metric
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

STEP_HZ = 1e-3


@dataclass(frozen=True)
class Moves:
    """The change δ of every offset and every coupling in Hz, by name."""

    offsets_hz: dict[str, float]
    couplings_hz: dict[str, float]

    def worst_offset(self) -> tuple[str, float]:
        """The line with the largest shift: (group, |δ| in Hz)."""
        return _worst(self.offsets_hz)

    def worst_coupling(self) -> tuple[str, float]:
        """The splitting with the largest change: ("A B", |δ| in Hz); ("", 0) if there are no couplings."""
        return _worst(self.couplings_hz)


def _worst(moves: dict[str, float]) -> tuple[str, float]:
    name = max(moves, key=lambda key: abs(moves[key]), default="")
    return name, abs(moves.get(name, 0.0))


def line_metrics(groups: Sequence[str]) -> tuple[Metric, Metric]:
    """The largest shift of a line and the largest change of a splitting; ``groups`` names the group of every spin."""
    names = tuple(groups)
    position = Metric(
        "line_position", "apparent shift of a line", "shift of a line that a fit to the subject's FID would report",
        "Hz", lambda one, truth, system: _moves(names, one, truth, system).worst_offset()[1], ("m",),
        lambda one, truth, system: _moves(names, one, truth, system).worst_offset()[0],
    )  # fmt: skip
    splitting = Metric(
        "splitting", "apparent change of a splitting", "change of a splitting that such a fit would report",
        "Hz", lambda one, truth, system: _moves(names, one, truth, system).worst_coupling()[1], ("m",),
        lambda one, truth, system: _moves(names, one, truth, system).worst_coupling()[0],
    )  # fmt: skip
    return position, splitting


@lru_cache(maxsize=1)
def _moves(groups: tuple[str, ...], one: Trajectory, truth: Trajectory, system: SpinSystem) -> Moves:
    """The moves of one answer, which both metrics and the places of their worst values need."""
    return apparent_moves(system, truth.grid, list(groups), one.m - truth.m)


def apparent_moves(system: SpinSystem, grid: TimeGrid, groups: list[str], delta: np.ndarray) -> Moves:
    """The step δp for a deviation ``delta`` = M_subject - M_truth, (T,) complex; ``groups`` names each spin's group."""
    exact = reference("exact")
    names = list(dict.fromkeys(groups))
    members = {name: np.flatnonzero(np.array(groups) == name) for name in names}
    columns, labels = [], []

    def derivative(offsets: np.ndarray, couplings: np.ndarray) -> np.ndarray:
        sides = [
            exact.simulate(
                system.with_(
                    offsets_hz=system.offsets_hz + sign * STEP_HZ * offsets,
                    couplings_hz=system.couplings_hz + sign * STEP_HZ * couplings,
                ),
                grid,
                ("m",),
            ).m
            for sign in (1, -1)
        ]
        return (sides[0] - sides[1]) / (2 * STEP_HZ)

    nothing, no_offset = np.zeros_like(system.couplings_hz), np.zeros(len(system))
    for name in names:
        moved = no_offset.copy()
        moved[members[name]] = 1
        columns.append(derivative(moved, nothing))
        labels.append(name)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            block = np.ix_(members[a], members[b])
            if not np.any(system.couplings_hz[block]):
                continue
            moved = nothing.copy()
            moved[block] = 1
            columns.append(derivative(no_offset, moved + moved.T))
            labels.append(f"{a} {b}")
    jacobian = np.stack(columns, axis=1)
    matrix = np.concatenate([np.real(jacobian), np.imag(jacobian)])
    step = np.linalg.lstsq(matrix, np.concatenate([np.real(delta), np.imag(delta)]), rcond=1e-9)[0]
    moves = dict(zip(labels, map(float, step), strict=True))
    return Moves({k: v for k, v in moves.items() if " " not in k}, {k: v for k, v in moves.items() if " " in k})
