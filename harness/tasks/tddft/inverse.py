"""The inverse problem: bond length of H2 and strength of the kick from a noisy dipole, by Gauss-Newton steps.

The noise is white and Gaussian, so that the Cramér-Rao bound is σ² (JᵀJ)⁻¹ with J the derivatives of the true dipole,
and least squares with a right forward model reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter, process_time
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.suites.inverse.plan import Broken, Case, Joint, Plan, Single
from harness.tasks.tddft.fields import Kick
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.populations import diatomic
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import induced

NOISE = 1e-4
GRID = AtomicTimeGrid.until(30.0, 0.2)
KICK_AU = 0.01
LENGTHS_BOHR, KICKS_AU = (1.25, 1.75), (0.005, 0.02)
STARTS = (0.08, 0.2)
"""The start is off by up to 0.08 bohr, and by up to 20 % of the kick."""
STEPS = np.array([1e-4, 1e-5])
"""Of the central differences, in bohr and in units of the kick."""
Forward = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Fit:
    """The result of a fit, in the form of the common suite."""

    theta: np.ndarray
    path: np.ndarray
    converged: bool
    seconds: float
    cpu_seconds: float
    iterations: int


@dataclass(frozen=True)
class Problem:
    """``free`` parameters of (bond length, kick); ``known`` has the values of all."""

    free: tuple[int, ...]
    known: tuple[float, float] = field(default=(1.4, KICK_AU))

    def system(self, theta: np.ndarray) -> MolecularSystem:
        """H2 with these parameters.

        Raises
        ------
        InputError
            For a bond length outside the range of H2.
        """
        values = np.array(self.known)
        values[list(self.free)] = theta
        if not 0.5 < values[0] < 6:
            raise InputError(f"H2: a bond length of {values[0]:.3g} bohr lies outside 0.5 to 6")
        kick = Kick(float(values[1]), largest_au=float("inf"))
        return replace(load_system("h2").under(kick), positions_bohr=diatomic("h2", float(values[0])))


def forward_of(subject: Any) -> Callable[[Problem], Forward]:
    """The dipole along the bond as a function of the parameters, by the subject."""

    def of_problem(problem: Problem) -> Forward:
        def signal(theta: np.ndarray) -> np.ndarray:
            answer = subject.answer(problem.system(theta), GRID)
            if answer.refusal:
                raise InputError(answer.refusal)
            if answer.trajectory is None:
                raise Broken(answer.problem)
            return induced(answer.trajectory)[2]

        return signal

    return of_problem


def true_signal(problem: Problem, theta: np.ndarray) -> np.ndarray:
    """The dipole along the bond by our own propagator of order 4."""
    return induced(load_subject("cfm4").answer(problem.system(theta), GRID))[2]


def derivatives(signal: Forward, theta: np.ndarray, problem: Problem) -> np.ndarray:
    """(T, P) central differences."""
    steps = np.diag(STEPS[list(problem.free)])
    return np.array([(signal(theta + step) - signal(theta - step)) / (2 * step.sum()) for step in steps]).T


def fit(model: Callable[[Problem], Forward], case: Case, most_iterations: int, tolerance: float) -> Fit:
    """Gauss-Newton steps, halved while the residual grows."""
    wall, cpu = perf_counter(), process_time()
    signal = model(case.problem)
    theta, path = case.start.copy(), [case.start.copy()]
    residual = case.signal - signal(theta)
    converged, iterations = False, 0
    while iterations < most_iterations and not converged:
        step = np.linalg.lstsq(derivatives(signal, theta, case.problem), residual, rcond=None)[0]
        for _ in range(8):
            trial = case.signal - signal(theta + step)
            if trial @ trial <= residual @ residual:
                break
            step = step / 2
        converged = bool(np.all(np.abs(step) <= tolerance * np.abs(theta)))
        theta, residual, iterations = theta + step, trial, iterations + 1
        path.append(theta.copy())
    return Fit(theta, np.array(path), converged, perf_counter() - wall, process_time() - cpu, iterations)


def cases(free: tuple[int, ...], draws: int, seed: int) -> Iterator[Case]:
    """Problems with bond length, kick, noise and start drawn; the i-th depends on the seed and i alone."""
    names = ("bond length", "kick")
    for draw in range(draws):
        generator = np.random.default_rng([seed, len(free), draw])
        known = np.array([generator.uniform(*LENGTHS_BOHR), np.exp(generator.uniform(*np.log(KICKS_AU)))])
        start = known + np.array([STARTS[0], STARTS[1] * known[1]]) * generator.uniform(-1, 1, 2)
        problem = Problem(free, (float(known[0]), float(known[1])))
        chosen = list(free)
        truth = known[chosen]

        def exact(theta: np.ndarray, problem: Problem = problem) -> np.ndarray:
            return true_signal(problem, theta)

        slope = derivatives(exact, truth, problem)
        bound = NOISE * np.sqrt(np.diag(np.linalg.inv(slope.T @ slope)))
        noisy = exact(truth) + NOISE * generator.normal(size=GRID.points)
        yield Case(
            problem,
            tuple(names[k] for k in free),
            truth,
            start[chosen],
            bound,
            noisy,
            {"bond_bohr": float(known[0]), "kick_au": float(known[1])},
            f"H2 at {known[0]:.3f} bohr, kick {known[1]:.4f}",
            f"draw {draw}" if draw < 3 else "",
            lambda theta, truth=truth: theta - truth,
        )


def plan(single: int, joint: int, seed: int) -> Plan:
    """So many fits of the bond length alone, and of bond length and kick together."""
    probe = Problem((0,)).system(np.array([1.4]))
    return Plan(
        Single("bond length of H2", f"σ = {NOISE:g}", single, 0, lambda n: cases((0,), n, seed), 15 * single, probe),
        Joint(
            "bond length and kick of H2", (2,), joint, 0, lambda size, n: cases((0, 1), n, seed),
            lambda size: "H2", 2, 0.1, 30 * joint, probe, f"σ = {NOISE:g}", "atoms",
        ),
        GRID,
        "au",
        forward_of,
        fit,
        seed=seed,
        symbol="R",
        path_label="fit",
    )  # fmt: skip
