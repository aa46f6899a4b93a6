"""The answers of a subject to systems of the library: in batches or one by one, with its flags and its bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from harness.suites.asking import ask_uncertainty
from harness.suites.capabilities import states_uncertainty
from harness.tasks.spins.suites.library.measure import LibraryAnswer
from harness.tasks.spins.systems import SpinSystem, TimeGrid

CHUNK = 120
"""Number of systems that a surrogate computes in one batch, so that memory stays bounded."""


def band_radii(subject: Any, systems: Sequence[SpinSystem], grid: TimeGrid) -> list[float | None]:
    """The radius of M of each system's band for the whole trajectory, at the highest level that the subject offers."""
    if not systems or not states_uncertainty(subject):
        return [None] * len(systems)
    prediction, _ = ask_uncertainty(subject, systems, grid, "conformal")
    if prediction is None:
        return [None] * len(systems)
    return [_radius(bands) for bands in prediction.bands]


def _radius(bands: Iterable[Any]) -> float | None:
    whole = [band for band in bands if band.kind == "sup"]
    return float(np.max(max(whole, key=lambda band: band.level).m_radius)) if whole else None


def answers_of(
    subject: Any, systems: Sequence[SpinSystem], grid: TimeGrid, budget_s: float
) -> tuple[list[LibraryAnswer], str]:
    """The subject's answers to the systems, and the reason if some are missing. Surrogates compute batches, other
    subjects compute single systems until the time limit."""
    if states_uncertainty(subject):
        return [one for k in range(0, len(systems), CHUNK) for one in _batch(subject, systems[k : k + CHUNK], grid)], ""
    found: list[LibraryAnswer] = []
    begun = perf_counter()
    for system in systems:
        found.append(_one(subject, system, grid))
        if perf_counter() - begun > budget_s and len(found) < len(systems):
            left = len(systems) - len(found)
            return found, f"{left} of {len(systems)} systems, the largest, not done: this tier allows {budget_s:g} s"
    return found, ""


def _batch(subject: Any, systems: Sequence[SpinSystem], grid: TimeGrid) -> list[LibraryAnswer]:
    begun = perf_counter()
    prediction, _ = ask_uncertainty(subject, systems, grid, "none")
    share = (perf_counter() - begun) / len(systems)
    if prediction is not None:
        return [
            LibraryAnswer(one, flagged=not check, seconds=share)
            for one, check in zip(prediction.mean, prediction.in_domain, strict=True)
        ]
    if len(systems) == 1:
        return [_one(subject, systems[0], grid)]
    # One system caused the failure of the batch. Computed one by one, only that system refuses or fails.
    return [each for system in systems for each in _batch(subject, [system], grid)]


def _one(subject: Any, system: SpinSystem, grid: TimeGrid) -> LibraryAnswer:
    answer = subject.answer(system, grid)
    trajectory = answer.trajectory if answer.trajectory is not None and answer.trajectory.mx is not None else None
    stated = None if trajectory is None else trajectory.provenance.details.get("error_estimate")
    return LibraryAnswer(trajectory, bool(answer.refusal), seconds=answer.wall_s, problem=answer.problem, stated=stated)
