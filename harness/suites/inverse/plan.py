"""The plan that a task gives to the suite of the inverse problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from harness.suites.baseline import Control, planned_controls
from harness.suites.planned import Number, PlannedTest
from harness.task import Grid


class Broken(RuntimeError):
    """The subject should have answered, and did not."""


class Fitted(Protocol):
    """The result of a fit: parameters (P,), the path of accepted points (iterations + 1, P), and the times."""

    @property
    def theta(self) -> np.ndarray:
        """Estimates."""
        ...

    @property
    def path(self) -> np.ndarray:
        """Accepted points, the start first."""
        ...

    @property
    def converged(self) -> bool:
        """True if the fit ended before the maximum number of iterations."""
        ...

    @property
    def seconds(self) -> float:
        """Wall time."""
        ...

    @property
    def cpu_seconds(self) -> float:
        """Processor time of this process."""
        ...

    @property
    def iterations(self) -> int:
        """Accepted steps."""
        ...


@dataclass(frozen=True, eq=False)
class Case:
    """One inverse problem: a noisy signal of known parameters, and where its fit starts.

    Parameters
    ----------
    problem
        The task's own description of which parameters are free and which are known.
    names, truth, start, bound
        Names of the P parameters, their true values, the start, and the Cramér-Rao bound of each as a standard
        deviation; in the unit of the plan.
    signal
        The noisy signal, (T,) real or complex.
    facts
        Columns of the table that say which case it is.
    label
        The case in words, for the worst one.
    path
        The name under which the path of this fit is shown, "" if it is not shown.
    distance
        Estimate (P,) → its deviation from the truth (P,), with sign; without signs where the signal has none.
    """

    problem: Any
    names: tuple[str, ...]
    truth: np.ndarray
    start: np.ndarray
    bound: np.ndarray
    signal: np.ndarray
    facts: Mapping[str, float]
    label: str
    path: str
    distance: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Single:
    """Fits of one parameter, every one of which is judged.

    ``cases`` (draws) → the problems; ``draws`` of them for the subject, ``compared`` for the methods compared with it.
    ``calls`` is the approximate number of evaluations in the fits of the subject, ``probe`` a system to time one.
    """

    name: str
    case: str
    draws: int
    compared: int
    cases: Callable[[int], Iterator[Case]]
    calls: int
    probe: Any
    tolerance: float = 1e-6


@dataclass(frozen=True)
class Joint:
    """Fits of all parameters of systems of growing size: there are many minima, and noise hides some parameters.

    ``cases`` (size, draws) → the problems. A parameter whose bound is ``widest`` or more is counted, not judged; one
    that is further than ``basin`` bounds from the truth lies in another minimum. Systems of ``judged_size`` are judged;
    of the others the numbers are recorded; ``population`` (size) is the name of the systems, ``noise`` states the noise
    level, ``size_key`` names the size in tables.
    """

    name: str
    sizes: tuple[int, ...]
    draws: int
    compared: int
    cases: Callable[[int, int], Iterator[Case]]
    population: Callable[[int], str]
    judged_size: int
    widest: float
    calls: int
    probe: Any
    noise: str = ""
    size_key: str = "size"
    basin: float = 5.0
    max_iterations: int = 50
    tolerance: float = 1e-6


@dataclass(frozen=True)
class Memo:
    """Evaluations that the fits of one case requested and computed, and how much time the memory of them saves."""

    requested: float
    computed: float
    speedup: float


def no_controls(plan: Plan) -> Sequence[Control]:
    """No subject that must fail."""
    return ()


@dataclass(frozen=True)
class Plan:
    """Problems of one parameter and of all parameters, and how they are solved.

    Parameters
    ----------
    single, joint
        The two halves.
    grid, unit
        Sample times of the signals; the unit of the parameters ("Hz").
    forward
        Subject → forward model. A model that does not accept such a system raises :class:`harness.errors.InputError`,
        one that fails :class:`Broken`.
    fit
        (model, case, maximum number of iterations, relative tolerance) → the result of the fit.
    compared
        Makes the forward models that are compared with the subject, by their names.
    memo
        Model → what the memory of evaluations saves; None where there is no memory.
    budget_s
        Seconds that each half may take with a subject in a separate process, which may be arbitrarily slow.
    controls
        plan → subjects that must fail.
    symbol, path_label
        The single parameter in figures, and what the names of the paths mean.
    files
        Names of the document and of the figure.
    """

    single: Single
    joint: Joint
    grid: Grid
    unit: str
    forward: Callable[[Any], Any]
    fit: Callable[[Any, Case, int, float], Fitted]
    compared: Callable[[], Mapping[str, Any]] = dict
    memo: Callable[[Any], Memo] | None = None
    seed: int = 60
    budget_s: float = 1800.0
    controls: Callable[[Plan], Sequence[Control]] = no_controls
    symbol: str = "x"
    path_label: str = "SNR"
    needs: frozenset[str] = field(default_factory=frozenset)
    files: tuple[str, str] = ("inverse", "inverse")


SINGLE_TARGETS = ("unconverged", "iterations_most", "iterations_median", "seconds", "pooled_ratio")
JOINT_TARGETS = ("right_fraction", "all_ratio")


def planned(plan: Plan) -> tuple[PlannedTest, ...]:
    """What a run of this plan judges; see :mod:`harness.suites.planned`."""
    numbers = tuple(Number(target, 1, plan.needs) for target in (*SINGLE_TARGETS, *JOINT_TARGETS))
    return (PlannedTest("", "test_subject", numbers), *planned_controls(plan.controls(plan)))
