"""Runs of the method whose k falls where its correction is wrong, with the quantum calls of every macro step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.integrators.adaptive import WINDOW, AdaptiveRespa
from harness.tasks.kstep.integrators.base import Around, Integrator, Path, run
from harness.tasks.kstep.measure.drift import slope
from harness.tasks.kstep.methods import Setting, make
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.state import State
from harness.tasks.kstep.subjects import Method, Truth, bonds_of
from harness.tasks.kstep.window import MacroGrid, Signals, Window

ADAPTIVE = "kernel-adaptive"


@dataclass(eq=False)
class CallsOfSteps(Around):
    """``inner`` with the quantum calls that each of its macro steps made; the first one also made that of the start.

    They are read from the counter of the quantum force, not from what the integrator says of itself.
    """

    inner: Integrator
    calls: list[int] = field(default_factory=list, init=False)
    name: str = "calls of each step"

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    def step(self, state: State) -> State:
        """The step of ``inner``."""
        before = self.qm_calls + (not self.calls)
        end = self.inner.step(state)
        self.calls.append(self.qm_calls - before)
        return end


@dataclass(frozen=True)
class FallbackRow:
    """One run: calls in all, macro steps that were divided, changes of k at a wrong place, and its quality.

    ``first_divided`` counts macro steps from 1, 0 if none was. ``residual_kj_mol_nm`` is the largest mean residual of
    the windows that are followed by another one, of the correction without the fallback. ``error_nm`` is the position
    error after the window, ``fluctuation_kj_mol`` that of the total energy about its line; ``calls_without``,
    ``error_without_nm`` and ``fluctuation_without_kj_mol`` are those of the same correction without the fallback.
    """

    start: str
    temperature_k: float
    calls: int
    divided: int
    first_divided: int
    misplaced: int
    residual_kj_mol_nm: float
    error_nm: float
    fluctuation_kj_mol: float
    calls_without: int
    error_without_nm: float
    fluctuation_without_kj_mol: float
    fault: str


def fallback_rows(method: Method, plain: Method, windows: Sequence[Window], grid: MacroGrid) -> list[FallbackRow]:
    """One row for each window."""
    return [_row(method, plain, window, grid) for window in windows]


def _row(method: Method, plain: Method, window: Window, grid: MacroGrid) -> FallbackRow:
    counted = CallsOfSteps(method.integrator(window.molecule, grid.k))
    path, bare = (
        run(one, window.start, grid.points - 1, bonds_of(window.molecule))
        for one in (counted, plain.integrator(window.molecule, grid.k))
    )
    truth = Truth(method.found).predict([window], grid)[0]
    calls = np.array(counted.calls)
    divided = np.flatnonzero(calls > 1)
    return FallbackRow(
        window.name, window.temperature_k, path.qm_calls, len(divided), int(divided[0]) + 1 if len(divided) else 0,
        misplaced(calls), largest_residual(bare), _error(path, truth, window), slope(path)[1], bare.qm_calls,
        _error(bare, truth, window), slope(bare)[1], path.fault,
    )  # fmt: skip


def _error(path: Path, truth: Signals, window: Window) -> float:
    return METRICS["position_end"].of(Signals.of(path, truth.grid), truth, window)


def largest_residual(path: Path, window: int = WINDOW) -> float:
    """The largest mean residual in kJ/mol/nm of the whole windows of a path, without the last one, which nothing
    follows."""
    assert path.residual_kj_mol_nm is not None
    kicks = path.residual_kj_mol_nm[1:]
    means = [float(np.mean(kicks[begin : begin + window])) for begin in range(0, len(kicks) - window, window)]
    return max(means, default=float("nan"))


def misplaced(calls: np.ndarray, window: int = WINDOW) -> int:
    """Changes of the calls of a macro step (S,) that are inside a window, or to fewer calls, that is to a larger k."""
    changes = np.diff(calls)
    at = np.flatnonzero(changes) + 1
    return int(np.sum((at % window != 0) | (changes[at - 1] < 0)))


def altered(method: Method, **values: float) -> Method:
    """The adaptive method with another limit or window: what the controls of the suite judge."""

    def made(setting: Setting) -> Integrator:
        correct = make(ADAPTIVE, setting)
        assert isinstance(correct, AdaptiveRespa)
        return replace(correct, **values)

    return replace(method, factory=made)
